package io.sluice.gateway.statement;

import io.sluice.model.SluiceException;
import io.sluice.planner.view.ViewChange;
import io.sluice.planner.view.ViewColumn;
import io.sluice.planner.view.ViewDefinition;
import io.sluice.planner.view.ViewWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Catalogs that keep in mind what was asked of them. */
final class RecordedViews implements ViewWriter {

  final List<ViewDefinition> defined = new ArrayList<>();
  final List<List<ViewColumn>> columns = new ArrayList<>();
  final List<ViewChange> changed = new ArrayList<>();
  Optional<SluiceException> failure = Optional.empty();

  @Override
  public void define(ViewDefinition definition, List<ViewColumn> known) {
    failure.ifPresent(
        e -> {
          throw e;
        });
    defined.add(definition);
    columns.add(known);
  }

  @Override
  public void change(ViewChange change) {
    changed.add(change);
  }
}
