package io.sluice.planner.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.Analysis;
import io.sluice.planner.FakeCatalog;
import io.sluice.planner.FakePolicies;
import io.sluice.planner.Namespace;
import io.sluice.planner.PlannerFixture;
import io.sluice.planner.metadata.AuthorizedMetadata;
import io.sluice.planner.parse.SparkParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleStatementContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a statement of each kind is what the table of statements says. */
class StatementKindsTest {

  private static final SparkParser PARSER = new SparkParser(InstantSource.system());

  private static final FakeCatalog CATALOG =
      PlannerFixture.tpchCatalog()
          .view(
              new TableName("lake", "scratch", "kept"),
              new Namespace("lake", "tpch"),
              "select n_name from nation",
              "n_name");

  /** Whom nothing is hidden from; reader may read everything and do nothing else. */
  private static final FakePolicies POLICIES =
      new FakePolicies()
          .grant("admin", "lake.*")
          .permitAll("admin", "lake*")
          .grant("reader", "lake.*");

  private static PlannerFixture session(String user) {
    return PlannerFixture.with(
            CATALOG, POLICIES, new AuthorizedMetadata(CATALOG, POLICIES, InstantSource.system()))
        .as(user)
        .having("create temporary function twice(a int) returns int return 2 * a")
        .holding("declare held string", "'x'");
  }

  static List<Arguments> statements() throws IOException {
    try (InputStream texts = StatementKindsTest.class.getResourceAsStream("statements.txt")) {
      return new String(Objects.requireNonNull(texts).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" \\| ", 2))
          .map(parts -> Arguments.of(parts[0], parts[1]))
          .toList();
    }
  }

  private static StatementKind kind(String name) {
    return StatementTable.kinds().stream()
        .filter(kind -> kind.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no kind is called " + name));
  }

  @Test
  void everyKindHasAText() throws IOException {
    assertThat(statements().stream().map(each -> each.get()[0]).collect(Collectors.toSet()))
        .containsExactlyInAnyOrderElementsOf(
            StatementTable.kinds().stream().map(StatementKind::name).toList());
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("statements")
  void theTextIsOfItsKind(String name, String sql) {
    var tree = PARSER.statement(sql).tree();
    SingleStatementContext single = tree.singleStatement();
    ParserRuleContext statement =
        single == null
            ? tree.singleCompoundStatement()
            : single.statement() == null ? single.setResetStatement() : single.statement();
    assertThat(StatementTable.kindOf(statement)).contains(kind(name));
  }

  /** An administrator is refused what is refused. */
  @ParameterizedTest(name = "{1}")
  @MethodSource("statements")
  void whatBecomesOfItIsItsVerdict(String name, String sql) {
    StatementKind kind = kind(name);
    PlannerFixture.Statement statement = session("admin").sql(sql);
    if (kind.verdict() == Verdict.REFUSED) {
      statement.refused(
          ErrorCode.NOT_SUPPORTED, kind.name() + " is not served: " + kind.note() + ".");
      return;
    }
    assertThat(verdicts(statement.analyze())).as(sql).contains(kind.verdict());
  }

  /** Reading needs nothing beside {@code select}; CALL what the procedure does. */
  @ParameterizedTest(name = "{1}")
  @MethodSource("statements")
  void whoMayOnlyReadIsRefusedWhatNeedsMore(String name, String sql) {
    StatementKind kind = kind(name);
    PlannerFixture.Statement statement = session("reader").sql(sql);
    if (kind.verdict() == Verdict.CALL || !kind.needs().isEmpty()) {
      SluiceException refusal = statement.refused(ErrorCode.PERMISSION_DENIED);
      assertThat(refusal).hasMessageStartingWith("Permission denied: user [reader]");
    } else if (kind.verdict() != Verdict.REFUSED) {
      assertThat(statement.isServed()).as(sql).isTrue();
    }
  }

  /** Returns the verdicts that an analysis may come of. */
  private static List<Verdict> verdicts(Analysis analysis) {
    if (analysis instanceof Analysis.SparkQuery query) {
      if (query.variableChange().isPresent()) {
        return List.of(Verdict.VARIABLE);
      }
      return query.command()
          ? List.of(Verdict.WRITE, Verdict.DEFINITION, Verdict.SCRIPT, Verdict.CALL)
          : List.of(Verdict.QUERY);
    }
    if (Stream.of(
            Analysis.DefineView.class,
            Analysis.ChangeView.class,
            Analysis.DefineTemporaryView.class,
            Analysis.DropTemporaryView.class)
        .anyMatch(type -> type.isInstance(analysis))) {
      // Views are altered by the statements that alter tables, too.
      return List.of(Verdict.VIEW, Verdict.DEFINITION);
    }
    if (analysis instanceof Analysis.DropVariable) {
      return List.of(Verdict.VARIABLE);
    }
    return analysis instanceof Analysis.DefineTemporaryFunction
            || analysis instanceof Analysis.DropTemporaryFunction
        ? List.of(Verdict.FUNCTION)
        : List.of(Verdict.GATEWAY);
  }
}
