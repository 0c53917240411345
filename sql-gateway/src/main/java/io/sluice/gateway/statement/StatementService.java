package io.sluice.gateway.statement;

import io.sluice.gateway.session.Session;
import io.sluice.model.Principal;
import io.sluice.planner.Namespace;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.connect.proto.Expression;

/** The one road: every statement of every door passes {@link #submit}. */
public interface StatementService {

  /**
   * Analyses and authorises a statement without running it. Fails with {@link
   * io.sluice.model.SluiceException}; never blocks.
   */
  CompletableFuture<PreparedStatement> prepare(Session session, String sql);

  /**
   * The same without asking Spark: empty for a query whose columns are not remembered but would be
   * {@linkplain Statement#columns told by its run}.
   */
  CompletableFuture<Optional<PreparedStatement>> prepareUnasked(Session session, String sql);

  /**
   * Registers a statement and sets it on its way. Never throws and never blocks: a refused
   * statement has an id, a state and an ending too.
   *
   * @param parameters a value for each marker
   */
  Statement submit(Session session, String sql, Parameters parameters);

  /** The same, with one value for each {@code ?}. */
  default Statement submit(Session session, String sql, List<Expression.Literal> parameters) {
    return submit(session, sql, Parameters.of(parameters));
  }

  /**
   * Analyses and authorises a statement of a session in which nothing was set, without running it,
   * asking Spark or writing to the journal. Fails as {@link #prepare} does.
   *
   * @return what {@link Statement#ranAs} returns of one that reads the same; empty where Spark runs
   *     nothing
   */
  CompletableFuture<Optional<String>> wouldRunAs(
      Principal principal, String clientAddress, Namespace namespace, String sql);

  /**
   * As {@link #submit}, a statement whose rows the client sends: authorised as the INSERT or CREATE
   * TABLE that it amounts to.
   */
  Ingestion ingest(Session session, IngestTarget target);
}
