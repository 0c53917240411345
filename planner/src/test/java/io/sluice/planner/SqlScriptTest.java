package io.sluice.planner;

import static io.sluice.model.ErrorCode.NOT_SUPPORTED;
import static io.sluice.model.ErrorCode.PERMISSION_DENIED;
import static io.sluice.model.ErrorCode.UNRESOLVED_VARIABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.TextPosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts: everything in one is authorised, what is never reached too. */
class SqlScriptTest {

  private final PlannerFixture tpch = PlannerFixture.tpch().as("analyst");

  @Test
  void everyPartIsRewrittenInItsPlace() {
    tpch.sql(
            """
            BEGIN -- counts
              DECLARE n INT DEFAULT 0;
              l: FOR r AS SELECT n_name FROM nation DO
                IF (SELECT count(*) FROM region) > n THEN
                  INSERT INTO scratch.notes SELECT 1, user();
                ELSEIF EXISTS (TABLE region) THEN LEAVE l;
                END IF;
                SET n = n + (SELECT max(n_nationkey) FROM nation WHERE n_name = r.n_name);
              END FOR l;
              SELECT n;
            END;
            """)
        .becomes(
            """
            BEGIN    DECLARE n INT DEFAULT 0;
              l: FOR r AS SELECT n_name FROM `lake`.`tpch`.`nation` DO
                IF (SELECT count(*) FROM `lake`.`tpch`.`region`) > n THEN
                  INSERT INTO `lake`.`scratch`.`notes` SELECT 1, 'analyst' AS `user()`;
                ELSEIF EXISTS (TABLE `lake`.`tpch`.`region`) THEN LEAVE l;
                END IF;
                SET n = n + (SELECT max(n_nationkey) FROM `lake`.`tpch`.`nation` WHERE n_name = r.n_name);
              END FOR l;
              SELECT n;
            END""")
        .reads("lake.tpch.nation", "lake.tpch.region", "lake.scratch.notes");
  }

  @Test
  void itIsACommandInASparkSessionOfItsOwn() {
    Analysis.SparkQuery script =
        tpch.sql("BEGIN INSERT INTO scratch.notes SELECT o_orderkey, 'a' FROM orders; END")
            .analysis();
    assertThat(script.command()).isTrue();
    assertThat(script.alone()).isTrue();
    assertThat(script.variableChange()).isEmpty();
    assertThat(script.restricted()).isTrue();
    assertThat(script.writes()).containsExactly("lake.scratch.notes");
    int place = script.sql().indexOf("o_orderkey, 'a'");
    assertThat(script.source().inSource(new TextPosition(1, place)))
        .contains(new TextPosition(1, 39));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN SELECT * FROM hidden.t; END",
        "BEGIN IF false THEN SELECT 1 FROM hidden.t; END IF; END",
        "BEGIN IF true THEN SELECT 1; ELSE SELECT 1 FROM hidden.t; END IF; END",
        "BEGIN IF EXISTS (TABLE hidden.t) THEN SELECT 1; END IF; END",
        "BEGIN IF false THEN SELECT 1; ELSEIF EXISTS (TABLE hidden.t) THEN SELECT 1; END IF; END",
        "BEGIN WHILE (SELECT 1 FROM hidden.t) = 1 DO SELECT 1; END WHILE; END",
        "BEGIN REPEAT SELECT 1; UNTIL (SELECT 1 FROM hidden.t) = 1 END REPEAT; END",
        "BEGIN l: LOOP LEAVE l; SELECT 1 FROM hidden.t; END LOOP; END",
        "BEGIN CASE WHEN EXISTS (TABLE hidden.t) THEN SELECT 1; END CASE; END",
        "BEGIN CASE (SELECT 1 FROM hidden.t) WHEN 1 THEN SELECT 1; END CASE; END",
        "BEGIN CASE 1 WHEN (SELECT 1 FROM hidden.t) THEN SELECT 1; END CASE; END",
        "BEGIN CASE 1 WHEN 2 THEN SELECT 1; ELSE SELECT 1 FROM hidden.t; END CASE; END",
        "BEGIN FOR r AS SELECT s FROM hidden.t DO SELECT 1; END FOR; END",
        "BEGIN FOR SELECT 1 DO SELECT s FROM hidden.t; END FOR; END",
        "BEGIN DECLARE a INT DEFAULT (SELECT 1 FROM hidden.t); SELECT a; END",
        "BEGIN DECLARE a INT; SET a = (SELECT 1 FROM hidden.t); END",
        "BEGIN DECLARE a INT; SET (a) = (SELECT s FROM hidden.t); END",
        "BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION SELECT s FROM hidden.t; SELECT 1; END",
        "BEGIN DECLARE EXIT HANDLER FOR SQLSTATE '22012' BEGIN SELECT s FROM hidden.t; END;"
            + " SELECT 1; END",
        "BEGIN DECLARE a INT; DECLARE EXIT HANDLER FOR NOT FOUND SET a = (SELECT s FROM"
            + " hidden.t); SELECT 1; END",
        "BEGIN BEGIN a: BEGIN SELECT s FROM hidden.t; END a; END; END",
        "BEGIN SELECT 1; INSERT INTO tpch.region SELECT * FROM nation; END",
        "BEGIN UPDATE orders SET o_comment = ''; END",
        "BEGIN DELETE FROM orders; END",
      })
  void whatMayNotBeDoneAloneMayNotBeDoneInside(String script) {
    tpch.sql(script).refused(PERMISSION_DENIED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN DECLARE c_address STRING DEFAULT 'a'; SELECT c_address FROM customer; END",
        "BEGIN FOR r AS SELECT 'a' AS c_address DO SELECT c_address FROM customer; END FOR; END",
        "BEGIN DECLARE a STRING; SET a = (SELECT max(c_address) FROM customer); END",
        "BEGIN IF (SELECT max(c_address) FROM customer) > 'a' THEN SELECT 1; END IF; END",
        "BEGIN FOR r AS SELECT * FROM customer DO SELECT 1; END FOR; END",
        "BEGIN DECLARE c_address STRING; INSERT INTO scratch.notes SELECT 1, c_address FROM"
            + " customer; END",
        "BEGIN DECLARE c_address STRING; SELECT (SELECT c_address) FROM customer; END",
        "BEGIN DECLARE c_address STRING; MERGE INTO scratch.notes USING customer ON id = c_custkey"
            + " WHEN NOT MATCHED BY SOURCE THEN UPDATE SET note = (SELECT max(n_name) FROM nation"
            + " WHERE n_name = c_address); END",
        "BEGIN DECLARE c_address STRING; DELETE FROM scratch.notes WHERE EXISTS (SELECT c_address"
            + " FROM customer); END",
      })
  void aLocalVariableNeverStandsForADeniedColumn(String script) {
    tpch.sql(script)
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [analyst] does not have [select] privilege on"
                + " [tpch/customer/c_address]");
  }

  @Test
  void aLocalVariableIsUsedBesideDeniedColumns() {
    tpch.sql("BEGIN DECLARE k INT DEFAULT 1; SELECT c_name FROM customer WHERE c_custkey = k; END")
        .reads("lake.tpch.customer");
    tpch.sql(
            "BEGIN DECLARE k INT; DELETE FROM scratch.notes WHERE id IN (SELECT c_custkey FROM"
                + " customer WHERE c_custkey > k); END")
        .reads("lake.scratch.notes", "lake.tpch.customer");
  }

  @Test
  void noVariableStandsInAView() {
    PlannerFixture viewed =
        tpch.having("CREATE TEMPORARY VIEW v AS SELECT n_name FROM nation", "n_name");
    viewed
        .sql("BEGIN DECLARE n INT; FOR r AS SELECT * FROM v DO SELECT 1; END FOR; END")
        .reads("lake.tpch.nation");
    viewed.sql("BEGIN DECLARE N_NAME STRING; SELECT * FROM v; END").refused(NOT_SUPPORTED);
    viewed
        .sql("BEGIN FOR r AS SELECT 1 AS n_name DO SELECT * FROM v; END FOR; END")
        .refused(NOT_SUPPORTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EXECUTE IMMEDIATE 'SELECT 1'",
        "EXECUTE IMMEDIATE q",
        "USE tpch",
        "SHOW TABLES",
        "DESCRIBE nation",
        "DESCRIBE QUERY SELECT 1",
        "EXPLAIN SELECT 1",
        "CREATE TABLE scratch.t (a INT)",
        "DROP TABLE scratch.notes",
        "CREATE TEMPORARY VIEW v AS SELECT 1",
        "CREATE VIEW scratch.v AS SELECT 1",
        "DROP VIEW v",
        "CALL lake.system.expire_snapshots('scratch.notes')",
        "DROP TEMPORARY VARIABLE a",
        "SET CATALOG lake",
        "CACHE TABLE nation",
        "CREATE FUNCTION f AS 'x.Y'",
        "CREATE FUNCTION f() RETURN 1",
        "LOAD DATA INPATH '/x' INTO TABLE nation",
        "ADD JAR x",
        "INSERT OVERWRITE DIRECTORY '/tmp/x' SELECT 1",
        "SELECT ?",
        "SELECT :a",
        "DECLARE session.a INT",
        "SELECT * FROM IDENTIFIER('nation')",
      })
  void whatTheGatewayDoesItselfIsRefusedInside(String statement) {
    tpch.sql("BEGIN SELECT 1; " + statement + "; END")
        .refusedAt(NOT_SUPPORTED, 1, column(statement));
    tpch.sql(
            "BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN "
                + statement
                + "; END; SELECT 1; END")
        .refused(NOT_SUPPORTED);
  }

  /** Where the refused part of a statement stands behind {@code BEGIN SELECT 1; }. */
  private static int column(String statement) {
    int within = 0;
    if (statement.startsWith("SELECT ?") || statement.startsWith("SELECT :")) {
      within = 7;
    } else if (statement.startsWith("DECLARE")) {
      within = 8;
    } else if (statement.contains("IDENTIFIER")) {
      within = 14;
    }
    return 16 + within;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN SET x = 1; END",
        "BEGIN DECLARE x INT; SET session.x = 1; END",
        "BEGIN DECLARE x INT; SET (x, y) = (SELECT 1, 2); END",
        "BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION SET x = 1; SELECT 1; END",
      })
  void onlyItsOwnVariablesAreSet(String script) {
    tpch.holding("DECLARE x INT DEFAULT 1", "'1'").sql(script).refused(UNRESOLVED_VARIABLE);
  }

  @Test
  void aSessionsVariableIsReadInside() {
    PlannerFixture holding = tpch.holding("DECLARE x INT DEFAULT 1", "'1'");
    assertThat(holding.sql("BEGIN DECLARE a INT DEFAULT x; SELECT a; END").analysis().variables())
        .hasSize(1);
  }
}
