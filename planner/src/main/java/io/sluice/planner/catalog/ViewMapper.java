package io.sluice.planner.catalog;

import io.sluice.model.TableName;
import io.sluice.planner.Namespace;
import io.sluice.planner.view.ViewColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.view.SQLViewRepresentation;
import org.apache.iceberg.view.View;
import org.apache.iceberg.view.ViewVersion;
import org.jspecify.annotations.Nullable;

/** Turns Iceberg's views into what the planner knows of them. */
final class ViewMapper {

  static final String DIALECT = "spark";

  /** Where Iceberg's Spark module keeps the names that the query gives to its columns. */
  static final String QUERY_COLUMNS = "spark.query-column-names";

  private ViewMapper() {}

  static ViewMetadata map(TableName name, View view) {
    ViewVersion version = view.currentVersion();
    Schema schema = view.schemas().get(version.schemaId());
    Map<String, String> properties = view.properties();
    return new ViewMetadata(
        name,
        view.uuid().toString(),
        version.versionId(),
        sql(version),
        namespace(name, version.defaultCatalog(), version.defaultNamespace()),
        columns(schema == null ? view.schema() : schema, properties.get(QUERY_COLUMNS)),
        properties);
  }

  /** Of this dialect alone; Iceberg's own look-up would give another one for want of it. */
  private static Optional<String> sql(ViewVersion version) {
    return version.representations().stream()
        .filter(SQLViewRepresentation.class::isInstance)
        .map(SQLViewRepresentation.class::cast)
        .filter(text -> text.dialect().equalsIgnoreCase(DIALECT))
        .map(SQLViewRepresentation::sql)
        .findFirst();
  }

  private static Optional<Namespace> namespace(
      TableName name,
      @Nullable String catalog,
      org.apache.iceberg.catalog.@Nullable Namespace schema) {
    String inCatalog = Objects.requireNonNullElse(catalog, name.catalog());
    return schema != null && schema.length() == 1
        ? Optional.of(new Namespace(inCatalog, schema.level(0)))
        : Optional.empty();
  }

  private static List<ViewColumn> columns(Schema schema, @Nullable String queryColumns) {
    List<Types.NestedField> fields = schema.columns();
    // The names stand side by side with commas between, which may stand in a name too.
    List<String> names = queryColumns == null ? List.of() : List.of(queryColumns.split(",", -1));
    boolean known = names.size() == fields.size();
    List<ViewColumn> columns = new ArrayList<>();
    for (Types.NestedField field : fields) {
      columns.add(
          new ViewColumn(
              field.name(),
              known ? Optional.of(names.get(columns.size())) : Optional.empty(),
              sparkType(field),
              field.type(),
              Optional.ofNullable(field.doc())));
    }
    return columns;
  }

  private static String sparkType(Types.NestedField field) {
    try {
      return SparkTypes.name(field.type());
    } catch (IllegalArgumentException e) {
      return field.type().toString();
    }
  }
}
