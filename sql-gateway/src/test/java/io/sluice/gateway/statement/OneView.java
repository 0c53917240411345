package io.sluice.gateway.statement;

import io.sluice.planner.Namespace;
import io.sluice.planner.view.TemporaryView;
import io.sluice.planner.view.TemporaryViews;
import io.sluice.planner.view.ViewColumn;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.types.Types;

/** A session with one temporary view. */
public final class OneView {

  private OneView() {}

  /** Returns the view {@code seen_nations} with the text {@code n_name}. */
  public static TemporaryViews seenNations() {
    ViewColumn name =
        new ViewColumn(
            "n_name", Optional.empty(), "string", Types.StringType.get(), Optional.empty());
    return TemporaryViews.none()
        .with(
            new TemporaryView(
                "seen_nations",
                "select n_name from nation",
                new Namespace("lake", "tpch"),
                "UTC",
                Set.of(),
                List.of(name),
                Optional.empty()),
            false);
  }
}
