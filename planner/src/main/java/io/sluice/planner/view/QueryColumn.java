package io.sluice.planner.view;

import java.util.Optional;
import org.apache.iceberg.types.Type;

/**
 * A column of a query's result, as Spark analysed it.
 *
 * @param name as the query calls it
 * @param sparkType as Spark writes it
 * @param type Iceberg's type; empty where Iceberg has none for it
 */
public record QueryColumn(String name, String sparkType, Optional<Type> type) {}
