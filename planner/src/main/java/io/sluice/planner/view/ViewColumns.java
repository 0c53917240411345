package io.sluice.planner.view;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.types.Types;

/** Makes a view's columns from those of its query. */
public final class ViewColumns {

  private ViewColumns() {}

  /**
   * Returns the view's columns.
   *
   * @param query what Spark says that the query returns
   * @param named the names that the statement gives them; empty when it gives none
   * @throws SluiceException {@code CREATE_VIEW_COLUMN_ARITY_MISMATCH}; {@code
   *     COLUMN_ALREADY_EXISTS} where two names are equal without regard to case
   */
  public static List<ViewColumn> of(String view, List<QueryColumn> query, List<NamedColumn> named) {
    if (!named.isEmpty() && named.size() != query.size()) {
      throw new SluiceException(
          ErrorCode.CREATE_VIEW_COLUMN_ARITY_MISMATCH,
          "Cannot create view %s: it names %d columns, but its query returns %d."
              .formatted(view, named.size(), query.size()));
    }
    List<ViewColumn> columns = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int index = 0; index < query.size(); index++) {
      QueryColumn column = query.get(index);
      String name = named.isEmpty() ? column.name() : named.get(index).name();
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        throw new SluiceException(
            ErrorCode.COLUMN_ALREADY_EXISTS,
            "The column `%s` already exists. Choose another name or rename the existing column."
                .formatted(name.replace("`", "``")));
      }
      columns.add(
          new ViewColumn(
              name,
              Optional.of(column.name()),
              column.sparkType(),
              column.type().orElse(Types.StringType.get()),
              named.isEmpty() ? Optional.empty() : named.get(index).comment()));
    }
    return columns;
  }
}
