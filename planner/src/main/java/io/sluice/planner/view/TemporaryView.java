package io.sluice.planner.view;

import io.sluice.planner.Namespace;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A view that one session keeps. Nothing of it is known to Spark, and nothing that policy made of
 * it is kept: its text is read and authorised anew each time.
 *
 * @param name one part; compared without regard to case
 * @param sql the user's own text of the query
 * @param namespace where the names in the text resolve
 * @param timeZone the session's when the view was made
 * @param temporaryNames the names in the text that meant other temporary views, in lower case; no
 *     other name in it ever does
 * @param columns what Spark said that it returns
 * @param comment its documentation
 */
public record TemporaryView(
    String name,
    String sql,
    Namespace namespace,
    String timeZone,
    Set<String> temporaryNames,
    List<ViewColumn> columns,
    Optional<String> comment) {

  public TemporaryView {
    temporaryNames = Set.copyOf(temporaryNames);
    columns = List.copyOf(columns);
  }

  /** Returns the same view with columns. */
  public TemporaryView withColumns(List<ViewColumn> known) {
    return new TemporaryView(name, sql, namespace, timeZone, temporaryNames, known, comment);
  }

  /** Returns the same view, in whose text these names mean other temporary views. */
  public TemporaryView withTemporaryNames(Set<String> names) {
    return new TemporaryView(name, sql, namespace, timeZone, names, columns, comment);
  }

  /** Returns the view as what is read. */
  public ViewText text() {
    return new ViewText(
        List.of(name),
        sql,
        namespace,
        Optional.of(timeZone),
        temporaryNames,
        columns,
        "temporary view=" + name.toLowerCase(Locale.ROOT));
  }
}
