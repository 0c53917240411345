package io.sluice.gateway.flight;

import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.arrow.IcebergArrowTypes;
import io.sluice.gateway.arrow.RowEncoder;
import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.metadata.LikePattern;
import io.sluice.planner.metadata.MetadataReader;
import io.sluice.planner.metadata.MetadataReader.VisibleTable;
import io.sluice.spark.ResultMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Flow;
import org.apache.arrow.flight.sql.FlightSqlColumnMetadata;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Answers metadata commands from the catalog, as far as the principal may see it. */
final class MetadataAnswers {

  /** The one type of table that there is. */
  static final String TABLE = "TABLE";

  private final MetadataReader metadata;
  private final RowEncoder encoder;
  private final SqlInfoEncoder sqlInfo;

  MetadataAnswers(MetadataReader metadata, RowEncoder encoder, SqlInfoEncoder sqlInfo) {
    this.metadata = metadata;
    this.encoder = encoder;
    this.sqlInfo = sqlInfo;
  }

  Flow.Publisher<ResultMessage> rows(Schema schema, List<List<@Nullable Object>> rows) {
    return encoder.publisher(schema, rows);
  }

  /** Returns the answers for a client at an IP address, which policies may have conditions on. */
  MetadataAnswers from(String clientAddress) {
    return new MetadataAnswers(metadata.from(clientAddress), encoder, sqlInfo);
  }

  Flow.Publisher<ResultMessage> sqlInfo(Set<Integer> codes) {
    return sqlInfo.publisher(codes);
  }

  List<List<@Nullable Object>> catalogs(Principal principal) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    metadata.catalogs(principal).forEach(catalog -> rows.add(List.of(catalog)));
    return rows;
  }

  List<List<@Nullable Object>> schemas(Principal principal, MetadataRequest.DbSchemas request) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    LikePattern pattern = LikePattern.of(request.schemaPattern());
    for (String catalog : catalogs(principal, request.catalog())) {
      for (String schema : metadata.schemas(principal, catalog)) {
        if (pattern.matches(schema)) {
          rows.add(List.of(catalog, schema));
        }
      }
    }
    return rows;
  }

  List<List<@Nullable Object>> tables(Principal principal, MetadataRequest.Tables request) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    if (!request.types().isEmpty() && !request.types().contains(TABLE)) {
      return rows;
    }
    LikePattern schemaPattern = LikePattern.of(request.schemaPattern());
    LikePattern tablePattern = LikePattern.of(request.tablePattern());
    for (String catalog : catalogs(principal, request.catalog())) {
      for (String schema : metadata.schemas(principal, catalog)) {
        if (schemaPattern.matches(schema)) {
          for (TableName table : metadata.tables(principal, catalog, schema)) {
            if (tablePattern.matches(table.table())) {
              row(principal, table, request.includeSchema()).ifPresent(rows::add);
            }
          }
        }
      }
    }
    return rows;
  }

  /** Returns the catalogs that a filter names: any when there is none, none when it is empty. */
  private List<String> catalogs(Principal principal, Optional<String> filter) {
    return metadata.catalogs(principal).stream()
        .filter(catalog -> filter.isEmpty() || filter.get().equals(catalog))
        .toList();
  }

  /** Returns a table's row; empty when it went away, or out of sight, since it was listed. */
  private Optional<List<@Nullable Object>> row(
      Principal principal, TableName name, boolean includeSchema) {
    if (!includeSchema) {
      return Optional.of(List.of(name.catalog(), name.schema(), name.table(), TABLE));
    }
    return metadata
        .table(principal, name)
        .map(
            table ->
                List.of(name.catalog(), name.schema(), name.table(), TABLE, schemaBytes(table)));
  }

  private static byte[] schemaBytes(VisibleTable table) {
    List<Field> fields = new ArrayList<>();
    for (Column column : table.columns()) {
      field(table.table().name(), column).ifPresent(fields::add);
    }
    return ArrowEncoder.encapsulated(new Schema(fields)).toByteArray();
  }

  /** Returns a column's field; empty for a column whose type Spark cannot read. */
  private static Optional<Field> field(TableName table, Column column) {
    Field plain;
    String typeName;
    try {
      plain = IcebergArrowTypes.field(column.name(), column.type(), column.nullable());
      typeName = column.sparkType();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    FlightSqlColumnMetadata.Builder facts =
        new FlightSqlColumnMetadata.Builder()
            .catalogName(table.catalog())
            .schemaName(table.schema())
            .tableName(table.table())
            .typeName(typeName)
            .isAutoIncrement(false)
            .isCaseSensitive(false)
            .isReadOnly(false)
            .isSearchable(true);
    TypeInfoRows.size(typeName).ifPresent(facts::precision);
    if (plain.getType() instanceof ArrowType.Decimal decimal) {
      facts.precision(decimal.getPrecision()).scale(decimal.getScale());
    }
    column.comment().ifPresent(facts::remarks);
    FieldType type =
        new FieldType(plain.isNullable(), plain.getType(), null, facts.build().getMetadataMap());
    return Optional.of(new Field(plain.getName(), type, plain.getChildren()));
  }
}
