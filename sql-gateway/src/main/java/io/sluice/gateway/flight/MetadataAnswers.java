package io.sluice.gateway.flight;

import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.arrow.RowEncoder;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.AnswerRows;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.metadata.LikePattern;
import io.sluice.planner.metadata.MetadataReader;
import io.sluice.planner.metadata.MetadataReader.VisibleTable;
import io.sluice.planner.view.TemporaryView;
import io.sluice.planner.view.TemporaryViews;
import io.sluice.planner.view.ViewColumn;
import io.sluice.spark.ResultMessage;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Flow;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Answers metadata commands from the catalog, as far as the principal may see it. */
final class MetadataAnswers {

  static final String TABLE = "TABLE";

  /** Those of catalogs and those of the session, as Spark's own HiveServer2 has it. */
  static final String VIEW = "VIEW";

  /** What is known of a column until the schema of its table is sent. */
  private static final int BYTES_OF_COLUMN = 256;

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

  Flow.Publisher<ResultMessage> publisher(Schema schema, AnswerRows rows) {
    return encoder.publisher(schema, rows.all());
  }

  /** Returns the answers for a session: with its views, and for its client's address. */
  MetadataAnswers of(Session session) {
    return new MetadataAnswers(
        metadata.from(session.clientAddress()), encoder, sqlInfo, session.temporaryViews());
  }

  Flow.Publisher<ResultMessage> sqlInfo(Set<Integer> codes) {
    return sqlInfo.publisher(codes);
  }

  void catalogs(Principal principal, AnswerRows rows) {
    metadata.catalogs(principal).forEach(catalog -> rows.add(List.of(catalog)));
  }

  void schemas(Principal principal, MetadataRequest.DbSchemas request, AnswerRows rows) {
    LikePattern pattern = LikePattern.of(request.schemaPattern());
    for (String catalog : catalogs(principal, request.catalog())) {
      for (String schema : metadata.schemas(principal, catalog)) {
        if (pattern.matches(schema)) {
          rows.add(List.of(catalog, schema));
        }
      }
    }
  }

  /** In the order of the protocol; the session's own views have neither catalog nor schema. */
  void tables(Principal principal, MetadataRequest.Tables request, AnswerRows rows) {
    LikePattern schemaPattern = LikePattern.of(request.schemaPattern());
    LikePattern tablePattern = LikePattern.of(request.tablePattern());
    Predicate<String> wanted = rows.whileWanted(tablePattern::matches);
    if (request.wants(VIEW)
        && request.catalog().orElse("").isEmpty()
        && schemaPattern.matches("")) {
      for (TemporaryView view : temporaryViews.all()) {
        if (tablePattern.matches(view.name())) {
          add(principal, view, request.includeSchema(), rows);
        }
      }
    }
    for (String catalog : catalogs(principal, request.catalog())) {
      for (String schema : metadata.schemas(principal, catalog)) {
        if (schemaPattern.matches(schema)) {
          SortedMap<TableName, String> types = new TreeMap<>(BY_NAME);
          if (request.wants(TABLE)) {
            metadata
                .tables(principal, catalog, schema, wanted)
                .forEach(name -> types.put(name, TABLE));
          }
          if (request.wants(VIEW)) {
            metadata
                .views(principal, catalog, schema, wanted)
                .forEach(name -> types.put(name, VIEW));
          }
          types.forEach((name, type) -> add(principal, name, type, request.includeSchema(), rows));
        }
      }
    }
  }

  /** Returns the catalogs that a filter names: any when there is none, none when it is empty. */
  private List<String> catalogs(Principal principal, Optional<String> filter) {
    return metadata.catalogs(principal).stream()
        .filter(catalog -> filter.isEmpty() || filter.get().equals(catalog))
        .toList();
  }

  /** Adds a row; none when what it is of went away, or out of sight, since it was listed. */
  private void add(
      Principal principal, TableName name, String type, boolean includeSchema, AnswerRows rows) {
    if (!includeSchema) {
      rows.add(List.of(name.catalog(), name.schema(), name.table(), type));
      return;
    }
    ColumnFields columns = new ColumnFields(name.catalog(), name.schema(), name.table());
    readable(
            () ->
                type.equals(VIEW)
                    ? metadata.view(principal, name).map(view -> columns(columns, view.columns()))
                    : metadata
                        .table(principal, name)
                        .map(VisibleTable::columns)
                        .map(known -> new Columns(known.size(), () -> columns.of(known))))
        .ifPresent(known -> add(columns, type, known, rows));
  }

  private void add(
      Principal principal, TemporaryView view, boolean includeSchema, AnswerRows rows) {
    if (!includeSchema) {
      rows.add(List.of("", "", view.name(), VIEW));
      return;
    }
    ColumnFields columns = new ColumnFields("", "", view.name());
    List<ViewColumn> visible = metadata.temporaryView(principal, view, temporaryViews).columns();
    add(columns, VIEW, columns(columns, visible), rows);
  }

  /** The columns of a table or view: how many, and what they are when that is asked for. */
  private record Columns(int count, Supplier<List<Field>> fields) {}

  private static Columns columns(ColumnFields of, List<ViewColumn> columns) {
    return new Columns(columns.size(), () -> of.ofView(columns));
  }

  /**
   * Returns what a table or view has, or nothing for one that Spark cannot read: it does not hide
   * the others.
   */
  private static Optional<Columns> readable(Supplier<Optional<Columns>> columns) {
    try {
      return columns.get();
    } catch (SluiceException e) {
      if (e.code() == ErrorCode.NOT_SUPPORTED) {
        return Optional.of(new Columns(0, List::of));
      }
      throw e;
    }
  }

  /** The schema is encoded when it is sent: those of a whole catalog may be large. */
  private static void add(ColumnFields of, String type, Columns columns, AnswerRows rows) {
    Supplier<byte[]> schema =
        () -> ArrowEncoder.encapsulated(new Schema(columns.fields().get())).toByteArray();
    rows.add(
        List.of(of.catalog(), of.schema(), of.table(), type, schema),
        (long) columns.count() * BYTES_OF_COLUMN);
  }
}
