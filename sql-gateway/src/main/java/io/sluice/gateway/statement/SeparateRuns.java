package io.sluice.gateway.statement;

import io.sluice.gateway.arrow.QueryColumns;
import io.sluice.gateway.arrow.ResultReader;
import io.sluice.gateway.arrow.SparkLiterals;
import io.sluice.gateway.session.Session;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.Analysis;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.variable.SessionVariable;
import io.sluice.planner.variable.VariableChange;
import io.sluice.planner.view.QueryColumn;
import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.SparkRun;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.spark.connect.proto.Expression;

/**
 * Runs what needs a Spark session of its own and of which only the effect counts: scripts, and what
 * declares and sets a session's variables. Of those Spark tells the values, which the session keeps
 * from then on.
 */
public final class SeparateRuns {

  private final ResultReader results;

  /**
   * @param results decodes what Spark tells
   */
  public SeparateRuns(ResultReader results) {
    this.results = results;
  }

  /**
   * Runs a statement; completes when that has ended and the session has the values.
   *
   * @param access to a Spark session that has the variables which the statement may name
   */
  CompletableFuture<Void> run(
      ManagedStatement statement,
      Analysis.SparkQuery query,
      List<Expression.Literal> parameters,
      SparkAccess.Leased access) {
    return defaults(query, access)
        .thenCompose(
            ready -> {
              SparkRun run =
                  access
                      .backend()
                      .execute(
                          new ExecuteRequest(
                              access.session(), statement.id().value(), query.sql(), parameters));
              SmallResult result = SmallResult.ignoring(run);
              statement.runsAs(run);
              statement.onEnd(result::cancel);
              return result.messages();
            })
        .thenCompose(
            done ->
                query
                    .variableChange()
                    .map(change -> change(statement, change, access))
                    .orElseGet(() -> CompletableFuture.completedFuture(null)));
  }

  /** Gives Spark's variables their defaults, where the statement may ask for them. */
  private static CompletableFuture<Void> defaults(
      Analysis.SparkQuery query, SparkAccess.Leased access) {
    List<SessionVariable> variables =
        query.variableChange().filter(VariableChange::usesDefaults).isPresent()
            ? query.variables()
            : List.of();
    // A default may name any of the variables, so all are there by then.
    return Stream.concat(
            variables.stream().map(SessionVariable::declarationWithDefault),
            variables.stream().map(SessionVariable::assignment))
        .reduce(
            CompletableFuture.<Void>completedFuture(null),
            (before, sql) ->
                before.thenCompose(
                    done -> SmallResult.run(access.backend(), access.session(), sql)),
            (first, second) -> first.thenCompose(done -> second));
  }

  private CompletableFuture<Void> change(
      ManagedStatement statement, VariableChange change, SparkAccess.Leased access) {
    return values(change, access).thenAccept(messages -> keep(statement, change, messages));
  }

  private static CompletableFuture<List<ResultMessage>> values(
      VariableChange change, SparkAccess.Leased access) {
    String sql =
        change.targets().stream()
            .map(target -> "system.session." + Identifiers.quote(target.name()))
            .map(name -> "typeof(" + name + "), " + name)
            .collect(Collectors.joining(", ", "SELECT ", ""));
    return SmallResult.of(
            access
                .backend()
                .execute(new ExecuteRequest(access.session(), UUID.randomUUID(), sql, List.of())))
        .messages();
  }

  private void keep(
      ManagedStatement statement, VariableChange change, List<ResultMessage> messages) {
    List<SessionVariable> variables = results.read(messages, rows -> variables(change, rows));
    Session session = statement.session();
    if (statement.state().isTerminal()) {
      throw RunAuthorization.outdated();
    }
    session.keep(variables, change.declares() && !change.replaces());
  }

  private static List<SessionVariable> variables(VariableChange change, VectorSchemaRoot rows) {
    if (rows.getRowCount() != 1) {
      throw new SluiceException(
          ErrorCode.INTERNAL_ERROR, "Spark did not tell the values of the variables.");
    }
    List<QueryColumn> known = QueryColumns.of(rows.getSchema());
    List<SessionVariable> variables = new ArrayList<>();
    for (VariableChange.Target target : change.targets()) {
      int column = 2 * variables.size();
      String type = String.valueOf(rows.getVector(column).getObject(0));
      if (type.contains("struct<")) {
        // Spark tells the fields' names without the quotes that some of them need.
        type = known.get(column + 1).sparkType();
      }
      variables.add(
          new SessionVariable(
              target.name(),
              target.type().orElse(type),
              target.defaultText(),
              SparkLiterals.of(rows.getVector(column + 1), 0),
              change.sources()));
    }
    return variables;
  }
}
