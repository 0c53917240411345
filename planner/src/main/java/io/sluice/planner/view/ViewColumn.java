package io.sluice.planner.view;

import java.util.Optional;
import org.apache.iceberg.types.Type;

/**
 * One column of a view, as it was when the view was made.
 *
 * @param name what readers call it
 * @param queryName what the view's own query calls it; empty where that is not known
 * @param sparkType as Spark writes it, for example {@code decimal(15,2)}
 * @param type Iceberg's type; where Iceberg has none, a string's
 * @param comment its documentation
 */
public record ViewColumn(
    String name,
    Optional<String> queryName,
    String sparkType,
    Type type,
    Optional<String> comment) {}
