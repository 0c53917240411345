package io.sluice.gateway.statement;

import com.github.benmanes.caffeine.cache.Ticker;
import io.sluice.gateway.session.Session;
import io.sluice.model.ErrorCode;
import io.sluice.model.ReplicaId;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * What columns an authorised statement's result has: remembered, or else asked of Spark. A run
 * tells them too; who asks here has not said that it will fetch, and a run that began with the
 * question would hold a permit for a client that may never come.
 */
final class ResultSchemas {

  private final Clusters clusters;
  private final SparkAccess spark;
  private final Executor work;
  private final SchemaCache schemas;

  /** Those that wait or are being answered. */
  private final Map<StatementId, RoutedPermit> asking = new ConcurrentHashMap<>();

  /**
   * @param clusters where Spark is asked
   * @param work runs short steps that never block
   * @param ticker ages what is remembered
   */
  ResultSchemas(Clusters clusters, SparkAccess spark, Executor work, Ticker ticker) {
    this.clusters = clusters;
    this.spark = spark;
    this.work = work;
    this.schemas = new SchemaCache(ticker);
  }

  /** Returns the schema if it is remembered. */
  Optional<Schema> known(AnalysisRequest request, Analysis.SparkQuery query) {
    return schemas.find(key(request, query));
  }

  /** Remembers what a run told. */
  void learn(AnalysisRequest request, Analysis.SparkQuery query, Schema schema) {
    schemas.put(key(request, query), schema);
  }

  /**
   * Returns the schema.
   *
   * @param id for the wait in the queue; a statement asks for one schema at a time
   */
  CompletableFuture<Schema> of(
      StatementId id, Session session, AnalysisRequest request, Analysis.SparkQuery query) {
    SchemaCache.Key key = key(request, query);
    Optional<Schema> known = schemas.find(key);
    if (known.isPresent()) {
      return CompletableFuture.completedFuture(known.get());
    }
    RoutedPermit permit;
    try {
      permit =
          clusters.schema(
              session, request.configuration(), request.namespace().catalog(), query.bytes());
    } catch (SluiceException noCluster) {
      return CompletableFuture.failedFuture(noCluster);
    }
    Question question = new Question(id, session, request, query, key);
    return ask(question, permit, 1)
        .thenApply(
            schema -> {
              schemas.put(key, schema);
              return schema;
            });
  }

  private record Question(
      StatementId id,
      Session session,
      AnalysisRequest request,
      Analysis.SparkQuery query,
      SchemaCache.Key key) {}

  /**
   * Asks a replica, and another one if that is lost.
   *
   * @param repetitions how many others may be asked
   */
  private CompletableFuture<Schema> ask(Question question, RoutedPermit permit, int repetitions) {
    asking.put(question.id(), permit);
    return permit
        .enter(question.id(), question.session().principal().name())
        .thenComposeAsync(
            grant ->
                ask(question, grant.replica())
                    .exceptionallyCompose(
                        failure -> {
                          if (repetitions == 0 || !Failures.isReplicaLost(failure)) {
                            return CompletableFuture.failedFuture(failure);
                          }
                          permit.leave(question.id());
                          return spark
                              .lost(grant.replica())
                              .thenCompose(noted -> ask(question, permit.again(), repetitions - 1));
                        }),
            work)
        .whenComplete(
            (schema, failure) -> {
              permit.leave(question.id());
              asking.remove(question.id(), permit);
            });
  }

  private CompletableFuture<Schema> ask(Question question, ReplicaId replica) {
    return spark
        .lease(question.session(), question.request(), question.query(), replica)
        .thenCompose(
            access ->
                analyze(access, question.query().sql(), question.key().parameterTypes())
                    .whenComplete((schema, failure) -> access.close()));
  }

  /** Gives back the place in the queue of a statement that has ended. */
  void leave(StatementId id) {
    RoutedPermit permit = asking.remove(id);
    if (permit != null) {
      permit.leave(id);
    }
  }

  /**
   * A null can be bound to most places, and tells that the result may hold one. Where Spark refuses
   * the statement with nulls, as for LIMIT, it gets values; any column may hold nulls then.
   */
  private static CompletableFuture<Schema> analyze(
      SparkAccess.Leased access, String sql, List<String> parameterTypes) {
    CompletableFuture<Schema> schema =
        access
            .backend()
            .analyze(access.session(), sql, parameterTypes.stream().map(StandIns::ofNull).toList());
    return parameterTypes.isEmpty()
        ? schema
        : schema.exceptionallyCompose(
            failure ->
                isOfSpark(failure)
                    ? access
                        .backend()
                        .analyze(
                            access.session(),
                            sql,
                            parameterTypes.stream().map(StandIns::ofValue).toList())
                        .thenApply(ResultSchemas::nullable)
                    : CompletableFuture.failedFuture(failure));
  }

  /** Other failures, such as a lost replica, have nothing to do with nulls. */
  private static boolean isOfSpark(Throwable failure) {
    return Failures.cause(failure) instanceof SluiceException known
        && known.code() == ErrorCode.EXECUTION_FAILED;
  }

  private static Schema nullable(Schema schema) {
    return new Schema(
        schema.getFields().stream()
            .map(
                field ->
                    new Field(
                        field.getName(),
                        new FieldType(
                            true, field.getType(), field.getDictionary(), field.getMetadata()),
                        field.getChildren()))
            .toList(),
        schema.getCustomMetadata());
  }

  private static SchemaCache.Key key(AnalysisRequest request, Analysis.SparkQuery query) {
    return new SchemaCache.Key(
        query.dependencies(),
        query.parameters().stream().map(StandIns::assumed).toList(),
        request.configuration());
  }
}
