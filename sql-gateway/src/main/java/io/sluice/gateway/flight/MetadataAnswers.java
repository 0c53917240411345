package io.sluice.gateway.flight;

import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.arrow.RowEncoder;
import io.sluice.gateway.session.Session;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.metadata.LikePattern;
import io.sluice.planner.metadata.MetadataReader;
import io.sluice.planner.view.TemporaryView;
import io.sluice.planner.view.TemporaryViews;
import io.sluice.planner.view.ViewColumn;
import io.sluice.spark.ResultMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Answers metadata commands from the catalog, as far as the principal may see it. */
final class MetadataAnswers {

  static final String TABLE = "TABLE";

  /** Those of catalogs and those of the session, as Spark's own HiveServer2 has it. */
  static final String VIEW = "VIEW";

  private static final Comparator<TableName> BY_NAME = Comparator.comparing(TableName::table);

  private final MetadataReader metadata;
  private final RowEncoder encoder;
  private final SqlInfoEncoder sqlInfo;
  private final TemporaryViews temporaryViews;

  MetadataAnswers(MetadataReader metadata, RowEncoder encoder, SqlInfoEncoder sqlInfo) {
    this(metadata, encoder, sqlInfo, TemporaryViews.none());
  }

  private MetadataAnswers(
      MetadataReader metadata,
      RowEncoder encoder,
      SqlInfoEncoder sqlInfo,
      TemporaryViews temporaryViews) {
    this.metadata = metadata;
    this.encoder = encoder;
    this.sqlInfo = sqlInfo;
    this.temporaryViews = temporaryViews;
  }

  Flow.Publisher<ResultMessage> rows(Schema schema, List<List<@Nullable Object>> rows) {
    return encoder.publisher(schema, rows);
  }

  /** Returns the answers for a session: with its views, and for its client's address. */
  MetadataAnswers of(Session session) {
    return new MetadataAnswers(
        metadata.from(session.clientAddress()), encoder, sqlInfo, session.temporaryViews());
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

  /** In the order of the protocol; the session's own views have neither catalog nor schema. */
  List<List<@Nullable Object>> tables(Principal principal, MetadataRequest.Tables request) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    LikePattern schemaPattern = LikePattern.of(request.schemaPattern());
    LikePattern tablePattern = LikePattern.of(request.tablePattern());
    if (request.wants(VIEW)
        && request.catalog().orElse("").isEmpty()
        && schemaPattern.matches("")) {
      for (TemporaryView view : temporaryViews.all()) {
        if (tablePattern.matches(view.name())) {
          rows.add(row(principal, view, request.includeSchema()));
        }
      }
    }
    for (String catalog : catalogs(principal, request.catalog())) {
      for (String schema : metadata.schemas(principal, catalog)) {
        if (schemaPattern.matches(schema)) {
          SortedMap<TableName, String> types = new TreeMap<>(BY_NAME);
          if (request.wants(TABLE)) {
            metadata.tables(principal, catalog, schema).forEach(name -> types.put(name, TABLE));
          }
          if (request.wants(VIEW)) {
            metadata.views(principal, catalog, schema).forEach(name -> types.put(name, VIEW));
          }
          types.forEach(
              (name, type) -> {
                if (tablePattern.matches(name.table())) {
                  row(principal, name, type, request.includeSchema()).ifPresent(rows::add);
                }
              });
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

  /** Returns a row; empty when what it is of went away, or out of sight, since it was listed. */
  private Optional<List<@Nullable Object>> row(
      Principal principal, TableName name, String type, boolean includeSchema) {
    if (!includeSchema) {
      return Optional.of(List.of(name.catalog(), name.schema(), name.table(), type));
    }
    ColumnFields columns = new ColumnFields(name.catalog(), name.schema(), name.table());
    Optional<Supplier<List<Field>>> fields =
        readable(
            () ->
                type.equals(VIEW)
                    ? metadata
                        .view(principal, name)
                        .map(view -> () -> columns.ofView(view.columns()))
                    : metadata
                        .table(principal, name)
                        .map(table -> () -> columns.of(table.columns())));
    return fields.map(known -> described(columns, type, known));
  }

  private List<@Nullable Object> row(
      Principal principal, TemporaryView view, boolean includeSchema) {
    if (!includeSchema) {
      return List.of("", "", view.name(), VIEW);
    }
    ColumnFields columns = new ColumnFields("", "", view.name());
    List<ViewColumn> visible = metadata.temporaryView(principal, view, temporaryViews).columns();
    return described(columns, VIEW, () -> columns.ofView(visible));
  }

  /**
   * Returns what a table or view has, or nothing for one that Spark cannot read: it does not hide
   * the others.
   */
  private static Optional<Supplier<List<Field>>> readable(
      Supplier<Optional<Supplier<List<Field>>>> columns) {
    try {
      return columns.get();
    } catch (SluiceException e) {
      if (e.code() == ErrorCode.NOT_SUPPORTED) {
        return Optional.of(List::of);
      }
      throw e;
    }
  }

  /** The schema is encoded when it is sent: those of a whole catalog may be large. */
  private static List<@Nullable Object> described(
      ColumnFields of, String type, Supplier<List<Field>> fields) {
    Supplier<byte[]> schema =
        () -> ArrowEncoder.encapsulated(new Schema(fields.get())).toByteArray();
    return List.of(of.catalog(), of.schema(), of.table(), type, schema);
  }
}
