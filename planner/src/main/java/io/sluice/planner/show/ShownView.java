package io.sluice.planner.show;

import io.sluice.planner.catalog.SparkTypes;
import io.sluice.planner.view.ViewColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A view as one principal may see it.
 *
 * @param name one part of a temporary view, three of one in a catalog
 * @param columns those that may be read
 * @param namespace where the names in its text resolve, as Spark prints it; empty when unknown
 * @param sql its text; empty where it may not be shown or there is none for Spark
 * @param properties what its makers have set
 */
record ShownView(
    List<String> name,
    List<ViewColumn> columns,
    Optional<String> namespace,
    Optional<String> sql,
    Optional<String> comment,
    SortedMap<String, String> properties) {

  boolean isTemporary() {
    return name.size() == 1;
  }

  /** Returns the rows of DESCRIBE. */
  List<List<@Nullable Object>> description(boolean extended) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    // Spark tells no comment so, of a view in a catalog.
    String none = isTemporary() ? null : "";
    for (ViewColumn column : columns) {
      rows.add(Answers.row(column.name(), column.sparkType(), column.comment().orElse(none)));
    }
    if (extended) {
      rows.add(Answers.row("", "", ""));
      rows.add(Answers.row("# Detailed View Information", "", ""));
      comment.ifPresent(text -> rows.add(Answers.row("Comment", text, "")));
      namespace.ifPresent(names -> rows.add(Answers.row("View Catalog and Namespace", names, "")));
      rows.add(
          Answers.row(
              "View Query Output Columns",
              columns.stream()
                  .map(column -> SparkTypes.quoteIfNeeded(column.queryName().orElse(column.name())))
                  .collect(Collectors.joining(", ", "[", "]")),
              ""));
      rows.add(
          Answers.row(
              "View Properties",
              properties.entrySet().stream()
                  .map(property -> property.getKey() + "=" + property.getValue())
                  .collect(Collectors.joining(", ", "[", "]")),
              ""));
    }
    return rows;
  }

  /** Returns the statement that makes the same view. */
  String definition(String text) {
    StringBuilder statement =
        new StringBuilder(isTemporary() ? "CREATE TEMPORARY VIEW " : "CREATE VIEW ");
    statement.append(name.stream().map(SparkTypes::quoteIfNeeded).collect(Collectors.joining(".")));
    statement.append(
        columns.stream()
            .map(
                column ->
                    "\n  "
                        + SparkTypes.quoteIfNeeded(column.name())
                        + column
                            .comment()
                            .map(words -> " COMMENT " + SparkTypeText.literal(words))
                            .orElse(""))
            .collect(Collectors.joining(",", " (", ")\n")));
    comment.ifPresent(words -> statement.append("COMMENT " + SparkTypeText.literal(words) + "\n"));
    if (!properties.isEmpty()) {
      statement.append(
          properties.entrySet().stream()
              .map(
                  property ->
                      "\n  %s = %s"
                          .formatted(
                              SparkTypeText.literal(property.getKey()),
                              SparkTypeText.literal(property.getValue())))
              .collect(Collectors.joining(",", "TBLPROPERTIES (", ")\n")));
    }
    return statement.append("AS\n").append(text).append('\n').toString();
  }
}
