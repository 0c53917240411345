package io.sluice.planner;

import static io.sluice.model.ErrorCode.NOT_SUPPORTED;
import static io.sluice.model.ErrorCode.PERMISSION_DENIED;
import static io.sluice.model.ErrorCode.TABLE_OR_VIEW_NOT_FOUND;
import static io.sluice.model.ErrorCode.UNRESOLVED_COLUMN;
import static io.sluice.model.ErrorCode.UNRESOLVED_VARIABLE;
import static io.sluice.model.ErrorCode.VARIABLE_ALREADY_EXISTS;
import static io.sluice.model.ErrorCode.VARIABLE_NOT_FOUND;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.TableName;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.variable.SessionVariable;
import io.sluice.planner.variable.VariableChange;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Variables of a session: what makes them, what they may hold, and what they never stand for. */
class SessionVariableTest {

  private static final String DENIED =
      "Permission denied: user [analyst] does not have [select] privilege on"
          + " [tpch/customer/c_address]";

  private static final Namespace TPCH = new Namespace("lake", "tpch");

  private final FakePolicies policies = PlannerFixture.tpchPolicies();
  private final PlannerFixture tpch =
      PlannerFixture.with(PlannerFixture.tpchCatalog(), policies).as("analyst");
  private final PlannerFixture holding = tpch.holding("DECLARE VARIABLE x INT DEFAULT 5", "'5'");

  private static List<String> variables(Analysis.SparkQuery query) {
    return query.variables().stream().map(SessionVariable::name).toList();
  }

  @Test
  void declaringTellsWhatIsToBeKept() {
    Analysis.SparkQuery query =
        tpch.sql("DECLARE VARIABLE a, Session.b INT /* of mine */ DEFAULT length(user())")
            .becomes("DECLARE VARIABLE a, Session.b INT   DEFAULT length('analyst')")
            .analysis();
    VariableChange change = query.variableChange().orElseThrow();
    assertThat(change.targets())
        .containsExactly(
            new VariableChange.Target("a", Optional.of("INT"), Optional.of("length('analyst')")),
            new VariableChange.Target("b", Optional.of("INT"), Optional.of("length('analyst')")));
    assertThat(change.declares()).isTrue();
    assertThat(change.replaces()).isFalse();
    assertThat(query.command()).isTrue();
    assertThat(query.alone()).isTrue();
  }

  @Test
  void settingReadsWhatPolicyLeaves() {
    Analysis.SparkQuery query =
        holding
            .sql("SET VAR x = (SELECT count(*) FROM orders) + X")
            .becomes(
                "SET VAR x = (SELECT count(*) FROM (SELECT * FROM (SELECT `r`.`o_orderkey`,"
                    + " `r`.`o_custkey`, `r`.`o_orderstatus`, `r`.`o_totalprice`,"
                    + " `r`.`o_orderdate`, `r`.`o_orderpriority`, `r`.`o_clerk`,"
                    + " `r`.`o_shippriority`, `r`.`o_comment` FROM `lake`.`tpch`.`orders` AS `r`"
                    + " WHERE (`r`.`o_orderpriority` in ('1-URGENT', '2-HIGH'))) TABLESAMPLE (100"
                    + " PERCENT) REPEATABLE (0)) AS `orders`) + X")
            .reads("lake.tpch.orders")
            .analysis();
    assertThat(query.restricted()).isTrue();
    assertThat(variables(query)).containsExactly("x");
    assertThat(query.variableChange().orElseThrow().sources())
        .singleElement()
        .satisfies(source -> assertThat(source.relation().table()).isEqualTo("orders"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET VAR x = (SELECT max(s_key) FROM lake.tpch2.secret)",
        "SET VARIABLE (x) = (SELECT s FROM hidden.t)",
        "DECLARE y INT DEFAULT (SELECT s FROM hidden.t)",
        "DECLARE OR REPLACE x DEFAULT EXISTS (TABLE hidden.t)"
      })
  void nothingIsSetToWhatMayNotBeRead(String statement) {
    holding.sql(statement).refused(PERMISSION_DENIED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET VAR x = (SELECT max(c_address) FROM customer)",
        "SET VAR (x) = (SELECT c_address FROM customer)",
        "SET VAR x = (SELECT count(*) FROM customer c WHERE c.c_address > '')",
        "SET VAR x = 1 + (SELECT count(*) FROM (SELECT * FROM customer))"
      })
  void aDeniedColumnIsNeverSet(String statement) {
    holding.sql(statement).refused(PERMISSION_DENIED, DENIED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT c_address FROM customer",
        "SELECT C_Address FROM customer",
        "SELECT (SELECT c_address) FROM customer",
        "SELECT 1 FROM customer WHERE EXISTS (SELECT 1 FROM nation WHERE n_name = c_address)",
        "INSERT INTO scratch.notes SELECT 1, c_address FROM customer"
      })
  void aVariableNeverStandsForADeniedColumn(String sql) {
    PlannerFixture named = tpch.holding("DECLARE c_address STRING DEFAULT 'mine'", "'mine'");
    named.sql(sql).refused(PERMISSION_DENIED, DENIED);
  }

  @Test
  void aVariableIsOneWhereNoColumnHasItsName() {
    PlannerFixture named = tpch.holding("DECLARE c_address STRING DEFAULT 'mine'", "'mine'");
    named.sql("SELECT session.c_address, c_name FROM customer").reads("lake.tpch.customer");
    named.sql("SELECT system.session.c_address, c_name FROM customer").analysis();
    named.sql("SELECT c_address FROM nation").reads("lake.tpch.nation");
    holding.sql("SELECT c_name FROM customer WHERE c_custkey = x").reads("lake.tpch.customer");
    holding.sql("SELECT c_name FROM customer WHERE c_custkey = y").refused(UNRESOLVED_COLUMN);
    holding
        .sql("SELECT c_name FROM customer WHERE c_custkey = session.y")
        .refused(UNRESOLVED_COLUMN);
  }

  @Test
  void sparkGetsTheVariablesThatATextNames() {
    PlannerFixture two = holding.holding("DECLARE y STRING", "'secret'");
    assertThat(variables(two.sql("SELECT 1").analysis())).isEmpty();
    assertThat(variables(two.sql("SELECT `Y` FROM nation").analysis())).containsExactly("y");
    assertThat(variables(two.sql("SELECT session.x.f + y").analysis())).containsExactly("x", "y");
    assertThat(variables(two.sql("SELECT 'x' /* y */").analysis())).isEmpty();
    assertThat(variables(two.sql("DELETE FROM scratch.notes WHERE id = x").analysis()))
        .containsExactly("x");
    assertThat(variables(two.sql("BEGIN SELECT x; END").analysis())).containsExactly("x");
    // The result's schema may depend on the value.
    assertThat(two.sql("SELECT y").analysis().dependencies())
        .isNotEqualTo(
            holding.holding("DECLARE y STRING", "NULL").sql("SELECT y").analysis().dependencies());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DECLARE VARIABLE X INT            | VARIABLE_ALREADY_EXISTS | 17",
        "DECLARE VARIABLE y, session.x INT | VARIABLE_ALREADY_EXISTS | 20",
        "DECLARE VARIABLE builtin.x INT    | UNRESOLVED_VARIABLE     | 17",
        "SET VAR y = 1                     | UNRESOLVED_VARIABLE     | 8",
        "SET VAR x = 1, ses.x = 2          | UNRESOLVED_VARIABLE     | 15",
        "SET VAR (x, y) = (SELECT 1, 2)    | UNRESOLVED_VARIABLE     | 12",
        "DROP TEMPORARY VARIABLE y         | VARIABLE_NOT_FOUND      | 24",
        "DECLARE IDENTIFIER('y') INT       | NOT_SUPPORTED           | 8",
        "SET VAR x = IDENTIFIER('y')       | NOT_SUPPORTED           | 12",
        "DECLARE y INT DEFAULT ?           | NOT_SUPPORTED           | 22",
        "SET VAR x = reflect('a', 'b')     | FUNCTION_NOT_ALLOWED    | 12",
        "EXECUTE IMMEDIATE 'SELECT x'      | NOT_SUPPORTED           | 0",
        "EXECUTE IMMEDIATE x               | NOT_SUPPORTED           | 0",
      })
  void namesThatMeanNothingAreRefusedWhereTheyStand(String sql, String code, int column) {
    holding.sql(sql).refusedAt(io.sluice.model.ErrorCode.valueOf(code), 1, column);
  }

  @Test
  void replacingAndDropping() {
    assertThat(
            holding
                .sql("DECLARE OR REPLACE VARIABLE x = 'a'")
                .analysis()
                .variableChange()
                .orElseThrow()
                .replaces())
        .isTrue();
    assertThat(holding.sql("DROP TEMPORARY VARIABLE system.session.X").analyze())
        .isEqualTo(new Analysis.DropVariable("X"));
    assertThat(holding.sql("DROP TEMPORARY VARIABLE IF EXISTS y").analyze())
        .isEqualTo(new Analysis.Nothing());
  }

  @Test
  void aValueGoesWithThePoliciesUnderWhichItWasRead() {
    PlannerFixture read = holding.holding("SET VAR x = (SELECT count(*) FROM orders)", "'7'");
    PlannerFixture copied =
        read.holding("DECLARE y INT DEFAULT 0", "'0'").holding("SET VAR y = x", "'7'");
    PlannerFixture called =
        copied.having("CREATE TEMPORARY FUNCTION f() RETURNS INT RETURN (SELECT y)");
    read.sql("SELECT x").analysis();
    called.sql("SELECT f()").analysis();
    policies.grant("analyst", "lake.unrelated.*");
    copied.sql("SELECT y").analysis();
    policies.filter("analyst", "lake.tpch.orders", "o_orderpriority = '1-URGENT'");
    assertThat(read.sql("SELECT x").refused(VARIABLE_NOT_FOUND)).hasMessageContaining("`x`");
    copied.sql("SELECT y").refused(VARIABLE_NOT_FOUND);
    copied.sql("SET VAR y = x + 1").refused(VARIABLE_NOT_FOUND);
    copied.sql("BEGIN SELECT y; END").refused(VARIABLE_NOT_FOUND);
    copied.sql("DELETE FROM scratch.notes WHERE id = y").refused(VARIABLE_NOT_FOUND);
    copied.sql("DECLARE w STRING DEFAULT raise_error(y)").refused(VARIABLE_NOT_FOUND);
    called.sql("SELECT f()").refused(VARIABLE_NOT_FOUND);
    copied.sql("SET VAR y = 1").analysis();
    copied.sql("DECLARE OR REPLACE y INT DEFAULT 1").analysis();
    copied.sql("SELECT 1").analysis();
  }

  private PlannerFixture outdated(String name) {
    PlannerFixture read =
        tpch.holding("DECLARE " + name + " INT DEFAULT 5", "'5'")
            .holding("SET VAR " + name + " = (SELECT count(*) FROM orders)", "'7'");
    policies.filter("analyst", "lake.tpch.orders", "o_orderpriority = '1-URGENT'");
    return read;
  }

  /** Spark never has it, so a name that is taken for a column's by mistake is found nowhere. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT n_name FROM nation",
        "SELECT n.n_name FROM nation AS n",
        "SELECT n_name.f FROM nation",
        "SELECT 1 AS n_name",
        "SELECT count(*) AS n_name FROM region GROUP BY r_name ORDER BY n_name",
        "SELECT 'n_name', \"n_name\" /* n_name */",
        "WITH n_name AS (SELECT 1 AS a) SELECT a FROM n_name",
        "SELECT n_name.r_name FROM region AS n_name",
        "SELECT transform(array(1), n_name -> n_name + 1)",
        "SELECT r_name FROM region r JOIN nation n ON r.r_name = n.n_name",
        "INSERT INTO scratch.notes SELECT n_nationkey, n_name FROM nation",
        "DELETE FROM nation WHERE n_name = 'PERU'",
        "UPDATE nation SET n_name = upper(n_name)",
        "SET VAR x = (SELECT max(n_name) FROM nation)",
        "DECLARE w STRING DEFAULT (SELECT max(n_name) FROM nation)",
        "BEGIN SELECT n_name FROM nation; END",
        "EXPLAIN SELECT n_name FROM nation"
      })
  void aVariableThatCountsAsDroppedIsNotInTheWayOfItsName(String sql) {
    assertThat(variables(outdated("n_name").holding("DECLARE x INT", "'1'").sql(sql).analysis()))
        .doesNotContain("n_name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT n_name",
        "SELECT `N_Name` FROM region",
        "SELECT n_name.f FROM region",
        "SELECT session.n_name FROM nation",
        "SELECT system.session.n_name FROM nation",
        "SELECT r_name FROM region WHERE EXISTS (SELECT 1 WHERE n_name = r_name)",
        "SELECT c_name FROM customer WHERE c_custkey = n_name",
        "INSERT INTO scratch.notes SELECT 1, n_name",
        "INSERT INTO scratch.notes SELECT 1, n_name FROM customer",
        "UPDATE scratch.notes SET note = n_name",
        "SET VAR x = n_name + 1",
        "SET VAR n_name = n_name + 1",
        "SET VAR n_name = (SELECT max(n_name) FROM nation)",
        "DECLARE OR REPLACE n_name INT DEFAULT n_name",
        "BEGIN IF n_name > 1 THEN SELECT 1; END IF; END"
      })
  void aNameThatMayMeanItIsRefused(String sql) {
    outdated("n_name").holding("DECLARE x INT", "'1'").sql(sql).refused(VARIABLE_NOT_FOUND);
  }

  /**
   * An administrator may force each, and policies may speak of the same data by other names then.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "o_orderkey 1, o_clerk 3", // a column renamed
        "o_orderkey 1", // dropped
        "o_orderkey 1, o_comment 3", // dropped, and another added by its name
        "" // the table renamed or dropped
      })
  void aValueGoesWithTheNamesOfWhatItWasReadFrom(String columns) {
    FakeCatalog catalog = PlannerFixture.tpchCatalog();
    PlannerFixture read = reading(catalog);
    PlannerFixture copied = read.holding("SET VAR x = session.x", "'7'");
    read.sql("SELECT x").analysis();
    change(catalog, "uuid", columns);
    assertThat(read.sql("SELECT x").refused(VARIABLE_NOT_FOUND))
        .hasMessage(
            "The session variable `x` was dropped, because what its value was read from has"
                + " changed, or what policies leave of that; set it again.");
    copied.sql("SELECT x").refused(VARIABLE_NOT_FOUND);
    read.sql("SELECT 1").analysis();
    read.sql("SET VAR x = 1").analysis();
  }

  @Test
  void aValueGoesWithATableWhoseNameAnotherHasNow() {
    FakeCatalog catalog = PlannerFixture.tpchCatalog();
    PlannerFixture read = reading(catalog);
    change(catalog, "another", "o_orderkey 1, o_comment 2");
    read.sql("SELECT x").refused(VARIABLE_NOT_FOUND);
  }

  /** As after REPLACE, which gives the columns that stay their ids. */
  @Test
  void aValueStaysWhereItsColumnsDo() {
    FakeCatalog catalog = PlannerFixture.tpchCatalog();
    PlannerFixture read = reading(catalog);
    change(catalog, "uuid", "more 3, o_comment 2, o_orderkey 1");
    read.sql("SELECT x").analysis();
  }

  @Test
  void aValueGoesWithTheViewThatItWasReadThrough() {
    TableName view = new TableName("lake", "tpch", "names");
    FakeCatalog catalog =
        PlannerFixture.tpchCatalog().view(view, TPCH, "select n_name from nation", "n");
    PlannerFixture read =
        PlannerFixture.with(catalog, policies)
            .as("analyst")
            .holding("DECLARE x INT DEFAULT 5", "'5'")
            .holding("SET VAR x = (SELECT count(*) FROM names)", "'7'");
    catalog.view(view, TPCH, "select n_name from nation where true", "n");
    read.sql("SELECT x").analysis();
    catalog.view(view, TPCH, "select n_name from nation", "renamed");
    read.sql("SELECT x").refused(VARIABLE_NOT_FOUND);
  }

  private PlannerFixture reading(FakeCatalog catalog) {
    change(catalog, "uuid", "o_orderkey 1, o_comment 2");
    return PlannerFixture.with(catalog, policies)
        .as("analyst")
        .holding("DECLARE x INT DEFAULT 5", "'5'")
        .holding("SET VAR x = (SELECT count(*) FROM loose)", "'7'");
  }

  /** Has a table of this identity and these columns with their ids, or none without columns. */
  private static void change(FakeCatalog catalog, String uuid, String columns) {
    TableName name = new TableName("lake", "tpch", "loose");
    if (columns.isEmpty()) {
      catalog.drop(name);
      return;
    }
    List<Column> all =
        Stream.of(columns.split(", "))
            .map(column -> column.split(" "))
            .map(
                column ->
                    new Column(
                        column[0],
                        Integer.parseInt(column[1]),
                        Types.StringType.get(),
                        true,
                        Optional.empty()))
            .toList();
    catalog.table(new TableMetadata(name, uuid, 0, all, List.of(), Map.of(), "/place"));
  }

  @Test
  void aFunctionsBodyNamesItsCallersVariables() {
    PlannerFixture called =
        holding.having("CREATE TEMPORARY FUNCTION f() RETURNS INT RETURN (SELECT x)");
    assertThat(variables(called.sql("SELECT f()").analysis())).containsExactly("x");
  }

  @Test
  void theValueRestsOnTheViewsItWasReadThrough() {
    PlannerFixture viewed =
        holding
            .having("CREATE TEMPORARY VIEW v AS SELECT n_name FROM nation", "n_name")
            .having("CREATE TEMPORARY VIEW w AS SELECT * FROM v", "n_name");
    assertThat(
            viewed
                .sql("SET VAR x = (SELECT count(*) FROM w)")
                .analysis()
                .variableChange()
                .orElseThrow()
                .sources())
        .singleElement()
        .satisfies(source -> assertThat(source.relation().table()).isEqualTo("nation"));
    holding.sql("SET VAR x = (SELECT count(*) FROM nation VERSION AS OF 1)").refused(NOT_SUPPORTED);
  }

  @Test
  void theValueGoesWithWhatPolicyLeavesOfViewsBehindViews() {
    FakeCatalog catalog =
        PlannerFixture.tpchCatalog()
            .view(new TableName("lake", "tpch", "names"), TPCH, "select n_name from nation", "n")
            .view(new TableName("lake", "tpch", "outside"), TPCH, "select n from names", "n");
    PlannerFixture read =
        PlannerFixture.with(catalog, policies)
            .as("analyst")
            .holding("DECLARE x INT DEFAULT 5", "'5'")
            .holding("SET VAR x = (SELECT count(*) FROM outside)", "'7'");
    read.sql("SELECT x").analysis();
    policies.filter("analyst", "lake.tpch.names", "n = 'PERU'");
    read.sql("SELECT x").refused(VARIABLE_NOT_FOUND);
  }

  @Test
  void aViewUsesNoVariable() {
    PlannerFixture viewed =
        tpch.having("CREATE TEMPORARY VIEW v AS SELECT n_name FROM nation", "n_name");
    PlannerFixture named = viewed.holding("DECLARE n_name STRING", "'mine'");
    assertThat(variables(named.sql("SELECT * FROM v").analysis())).isEmpty();
    named.sql("SELECT n_name FROM v").refused(NOT_SUPPORTED);
    assertThat(
            ((Analysis.DefineTemporaryView)
                    holding.sql("CREATE TEMPORARY VIEW w AS SELECT x").analyze())
                .query()
                .variables())
        .isEmpty();
  }

  @Test
  void aPlanOfAVariableIsForAdministrators() {
    assertThat(
            holding
                .sql("EXPLAIN SELECT n_name FROM nation WHERE n_nationkey = x")
                .refused(PERMISSION_DENIED))
        .hasMessageContaining("session variable");
    holding.sql("EXPLAIN SELECT n_name FROM nation").analysis();
    holding.as("admin").sql("EXPLAIN SELECT n_name FROM nation WHERE n_nationkey = x").analysis();
  }

  @Test
  void errorsOfAMissingTableAreThoseOfAQuery() {
    holding.sql("SET VAR x = (SELECT 1 FROM missing)").refused(TABLE_OR_VIEW_NOT_FOUND);
    holding.sql("DECLARE x INT").refused(VARIABLE_ALREADY_EXISTS);
    holding.sql("SET VAR z = 1").refused(UNRESOLVED_VARIABLE);
  }
}
