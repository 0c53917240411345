package io.sluice.gateway.statement;

import com.google.protobuf.ByteString;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementState;
import io.sluice.planner.Analysis;
import io.sluice.planner.Namespace;
import io.sluice.router.Admission.Grant;
import io.sluice.spark.SparkRun;
import io.sluice.spark.TableWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An ingest on the road. Policy is asked through the planner with the INSERT or CREATE TABLE … AS
 * that the ingest amounts to, before anything is taken and again when all has come. The rows go
 * chunk by chunk into a Spark session of their own, which ends with the statement, and from there
 * into the table by one write, which Iceberg commits as one snapshot.
 */
final class SparkIngestion implements Ingestion {

  /** Where a catalog's tables are that no schema is named for, as after USE of a catalog. */
  private static final String DEFAULT_SCHEMA = "default";

  /** Until the rows are there nobody knows their columns, and policy is asked about none. */
  private static final List<String> NOT_KNOWN = List.of();

  private static final String CREATE = "CREATE TABLE ";
  private static final String REPLACE = "REPLACE TABLE ";
  private static final String CREATE_OR_REPLACE = "CREATE OR REPLACE TABLE ";

  private final ManagedStatement statement;
  private final Function<String, CompletableFuture<Analysis>> analyzer;
  private final Function<Analysis.SparkQuery, UnaryOperator<SluiceException>> disclosure;
  private final Supplier<RoutedPermit> route;
  private final Function<Grant, CompletableFuture<SparkAccess.Leased>> lease;
  private final Runnable catalogChanged;
  private final Executor work;
  private final List<String> table;
  private final String name;
  private final IngestTarget.Mode mode;
  private final List<String> chunks = new ArrayList<>();
  private final CompletableFuture<SparkAccess.Leased> spark = new CompletableFuture<>();

  /**
   * @param analyzer analyses a text as the statement's principal sends it
   * @param disclosure says what the statement's client is told of Spark's errors
   * @param route finds the cluster that it runs on
   * @param lease finds a Spark session that nothing else uses
   * @param catalogChanged is run when the table may have changed
   */
  SparkIngestion(
      ManagedStatement statement,
      IngestTarget target,
      Function<String, CompletableFuture<Analysis>> analyzer,
      Function<Analysis.SparkQuery, UnaryOperator<SluiceException>> disclosure,
      Supplier<RoutedPermit> route,
      Function<Grant, CompletableFuture<SparkAccess.Leased>> lease,
      Runnable catalogChanged,
      Executor work) {
    this.statement = statement;
    this.analyzer = analyzer;
    this.disclosure = disclosure;
    this.route = route;
    this.lease = lease;
    this.catalogChanged = catalogChanged;
    this.work = work;
    this.mode = target.mode();
    this.table = qualified(target, statement.session().namespace());
    this.name = quoted(table);
  }

  private static List<String> qualified(IngestTarget target, Namespace session) {
    String catalog = target.catalog().orElse(session.catalog());
    String schema =
        target
            .schema()
            .orElse(catalog.equals(session.catalog()) ? session.schema() : DEFAULT_SCHEMA);
    return List.of(catalog, schema, target.table());
  }

  private static String quoted(List<String> parts) {
    return String.join(
        ".", parts.stream().map(part -> '`' + part.replace("`", "``") + '`').toList());
  }

  /** Sets it on its way. */
  void start() {
    statement.takesRows();
    statement.ending().thenRun(() -> spark.completeExceptionally(ended()));
    authorize(NOT_KNOWN)
        .thenCompose(allowed -> enter())
        .exceptionally(
            failure -> {
              fail(failure);
              return null;
            });
  }

  private CompletableFuture<Void> enter() {
    if (!statement.advance(StatementState.ANALYZED, "")) {
      return CompletableFuture.completedFuture(null);
    }
    RoutedPermit permit = route.get();
    statement.routed(permit::route);
    if (!statement.advance(StatementState.QUEUED, permit.route().text())) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Grant> granted =
        permit.enter(statement.id(), statement.session().principal().name());
    statement.waitsAt(() -> permit.place(statement.id()));
    statement.onceFreed(() -> permit.leave(statement.id()));
    return granted.thenComposeAsync(
        grant -> {
          statement.permitted();
          if (!statement.advance(StatementState.ROUTED, permit.describe(grant))) {
            return CompletableFuture.completedFuture(null);
          }
          return lease.apply(grant).thenAccept(this::attach);
        },
        work);
  }

  private void attach(SparkAccess.Leased access) {
    statement.onceFreed(access::close);
    statement.waitsForRows();
    spark.complete(access);
  }

  /** What policy allows now. */
  private record Allowed(TableWrite.Mode mode, Analysis.SparkQuery command) {}

  @Override
  public Statement statement() {
    return statement;
  }

  @Override
  public CompletableFuture<Void> ready() {
    return spark.thenApply(access -> null);
  }

  @Override
  public CompletableFuture<Void> add(ByteString arrowStream) {
    statement.takesRows();
    return spark
        .thenCompose(access -> access.backend().upload(access.session(), arrowStream))
        .thenAccept(
            chunk -> {
              statement.waitsForRows();
              chunks.add(chunk);
            });
  }

  @Override
  public void finish(List<String> columns) {
    statement.takesRows();
    spark
        .thenCombine(authorize(columns), this::write)
        .exceptionally(
            failure -> {
              fail(failure);
              return null;
            });
  }

  private @Nullable Void write(SparkAccess.Leased access, Allowed allowed) {
    statement.changes(catalogChanged);
    if (statement.runs(allowed.command(), access.replica())) {
      SparkRun run =
          access
              .backend()
              .write(
                  new TableWrite(
                      access.session(), statement.id().value(), chunks, table, allowed.mode()));
      statement.runsAs(run);
      run.subscribe(statement.relay().source());
    }
    return null;
  }

  @Override
  public void fail(Throwable failure) {
    statement.failed(failure);
  }

  /** Asks policy for what this mode does, and finds out what that is where the table decides. */
  private CompletableFuture<Allowed> authorize(List<String> columns) {
    return switch (mode) {
      case CREATE -> allowed(create(CREATE, NOT_KNOWN), TableWrite.Mode.CREATE);
      case REPLACE -> allowed(create(REPLACE, columns), TableWrite.Mode.REPLACE);
      case CREATE_OR_REPLACE ->
          allowed(create(CREATE_OR_REPLACE, columns), TableWrite.Mode.CREATE_OR_REPLACE)
              .thenApply(SparkIngestion::asAuthorized);
      case APPEND -> allowed(insert(), TableWrite.Mode.APPEND);
      case CREATE_OR_APPEND ->
          allowed(insert(), TableWrite.Mode.APPEND)
              .exceptionallyCompose(
                  failure ->
                      Failures.cause(failure) instanceof SluiceException known
                              && known.code() == ErrorCode.TABLE_OR_VIEW_NOT_FOUND
                          ? allowed(create(CREATE, NOT_KNOWN), TableWrite.Mode.CREATE)
                          : CompletableFuture.failedFuture(failure));
    };
  }

  /** The planner makes a CREATE of it where policies speak of a table that is not there. */
  private static Allowed asAuthorized(Allowed allowed) {
    return allowed.command().sql().startsWith(CREATE_OR_REPLACE)
        ? allowed
        : new Allowed(TableWrite.Mode.CREATE, allowed.command());
  }

  private CompletableFuture<Allowed> allowed(String sql, TableWrite.Mode write) {
    return analyzer
        .apply(sql)
        .thenApply(
            analysis -> {
              if (!(analysis instanceof Analysis.SparkQuery command) || !command.command()) {
                throw new IllegalStateException("an ingest was not analysed as a command");
              }
              statement.disclose(disclosure.apply(command));
              return new Allowed(write, command);
            });
  }

  private String insert() {
    return "INSERT INTO " + name + " VALUES (NULL)";
  }

  private String create(String verb, List<String> columns) {
    return verb
        + name
        + " USING iceberg"
        + (columns.isEmpty() ? "" : " AS SELECT ")
        + columns.stream()
            .map(column -> "1 AS " + quoted(List.of(column)))
            .collect(Collectors.joining(", "));
  }

  private static SluiceException ended() {
    return new SluiceException(ErrorCode.OPERATION_CANCELED, "The ingest has ended.");
  }
}
