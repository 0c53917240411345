package io.sluice.planner.show;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.AnswerTable.AnswerColumn;
import io.sluice.planner.AnswerTable.AnswerType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShowStatementsTest {

  private final MetadataFixture lake = new MetadataFixture();

  @Test
  void showsCatalogs() {
    assertThat(lake.columns("SHOW CATALOGS")).containsExactly("catalog");
    assertThat(lake.rows("SHOW CATALOGS")).containsExactly("lake", "pond");
    assertThat(lake.rows("SHOW CATALOGS LIKE 'P*'")).containsExactly("pond");
    assertThat(lake.as("analyst").rows("SHOW CATALOGS")).containsExactly("lake");
    assertThat(lake.as("nobody").rows("SHOW CATALOGS")).isEmpty();
  }

  @Test
  void showsSchemas() {
    assertThat(lake.columns("SHOW SCHEMAS")).containsExactly("namespace");
    assertThat(lake.rows("SHOW SCHEMAS")).containsExactly("default", "hr", "tpch");
    assertThat(lake.rows("SHOW NAMESPACES IN pond")).containsExactly("tpch");
    assertThat(lake.rows("SHOW DATABASES IN lake LIKE 'H*|d*'")).containsExactly("default", "hr");
    assertThat(lake.rows("SHOW SCHEMAS IN hr")).isEmpty();
    assertThat(lake.rows("SHOW SCHEMAS IN lake.hr")).isEmpty();
    assertThat(lake.as("intern").rows("SHOW SCHEMAS")).containsExactly("tpch");
    assertThat(lake.as("nobody").rows("SHOW SCHEMAS")).isEmpty();
  }

  @Test
  void showsTables() {
    assertThat(lake.answer("SHOW TABLES").columns())
        .containsExactly(
            new AnswerColumn("namespace", AnswerType.STRING, false),
            new AnswerColumn("tableName", AnswerType.STRING, false),
            new AnswerColumn("isTemporary", AnswerType.BOOLEAN, false));
    assertThat(lake.answer("SHOW TABLES").rows())
        .containsExactly(
            List.of("tpch", "Nation", false),
            List.of("tpch", "customer", false),
            List.of("tpch", "orders", false));
    assertThat(lake.rows("SHOW TABLES IN hr")).containsExactly("hr|pay|false");
    assertThat(lake.rows("SHOW TABLES FROM lake.hr")).containsExactly("hr|pay|false");
    assertThat(lake.rows("SHOW TABLES IN tpch LIKE 'n*|ORDERS'"))
        .containsExactly("tpch|Nation|false", "tpch|orders|false");
    assertThat(lake.rows("SHOW TABLES 'c' \"*\"")).containsExactly("tpch|customer|false");
    assertThat(lake.as("intern").rows("SHOW TABLES")).containsExactly("tpch|Nation|false");
  }

  @Test
  void showsTablesExtended() {
    assertThat(lake.columns("SHOW TABLE EXTENDED LIKE '*'"))
        .containsExactly("namespace", "tableName", "isTemporary", "information");
    assertThat(lake.rows("SHOW TABLE EXTENDED IN lake.tpch LIKE 'cust*'"))
        .containsExactly(
            """
            tpch|customer|false|Catalog: lake
            Namespace: tpch
            Table: customer
            Type: MANAGED
            Comment: who buys
            Location: /secret/customer
            Provider: iceberg
            Owner: ann
            Table_type: EXTERNAL
            Table Properties: [current-snapshot-id=42,format=iceberg/parquet,format-version=2,\
            identifier-fields=[c_custkey],sort-order=c_address ASC NULLS FIRST,\
            write.data.path=/secret/data]
            Schema: root
             |-- c_custkey: long (nullable = false)
             |-- c_address: string (nullable = true)
             |-- c_phone: string (nullable = true)

            """);
    assertThat(lake.as("analyst").rows("SHOW TABLE EXTENDED LIKE 'cust*'"))
        .singleElement()
        .asString()
        .contains("c_phone")
        .contains("Table Properties: [format=iceberg/parquet,format-version=2]")
        .doesNotContain("c_address", "/secret", "42");
    assertThat(lake.as("intern").rows("SHOW TABLE EXTENDED LIKE 'cust*'")).isEmpty();
    lake.as("admin")
        .refusal("SHOW TABLE EXTENDED LIKE 'orders' PARTITION (a=1)", ErrorCode.NOT_SUPPORTED);
  }

  @Test
  void showsViewsThatMayBeRead() {
    assertThat(lake.columns("SHOW VIEWS")).containsExactly("namespace", "viewName", "isTemporary");
    assertThat(lake.rows("SHOW VIEWS IN tpch LIKE '*'")).containsExactly("tpch|recent|false");
    assertThat(lake.rows("SHOW VIEWS IN tpch LIKE 'x*'")).isEmpty();
    assertThat(lake.as("intern").rows("SHOW VIEWS IN tpch")).isEmpty();
    lake.as("admin");
    lake.refusal("SHOW VIEWS IN nope", ErrorCode.SCHEMA_NOT_FOUND);
  }

  @Test
  void showsTheCurrentNamespace() {
    assertThat(lake.columns("SHOW CURRENT NAMESPACE")).containsExactly("catalog", "namespace");
    assertThat(lake.rows("SHOW CURRENT NAMESPACE")).containsExactly("lake|tpch");
    assertThat(lake.in("lake", "a b").rows("SHOW CURRENT SCHEMA")).containsExactly("lake|`a b`");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SHOW TABLES IN %s",
        "SHOW TABLE EXTENDED IN %s LIKE '*'",
        "SHOW VIEWS IN %s",
        "SHOW SCHEMAS IN %s",
        "DESCRIBE SCHEMA %s",
        "USE %s",
        "USE SCHEMA %s"
      })
  void answersAClosedSchemaLikeAMissingOne(String statement) {
    for (String user : List.of("analyst", "intern", "nobody")) {
      lake.as(user)
          .refusal(statement.formatted("hr"), ErrorCode.SCHEMA_NOT_FOUND)
          .hasMessage("The schema `lake`.`hr`" + MetadataFixture.SCHEMA_HELP);
      lake.refusal(statement.formatted("no"), ErrorCode.SCHEMA_NOT_FOUND)
          .hasMessage("The schema `lake`.`no`" + MetadataFixture.SCHEMA_HELP);
    }
  }

  @Test
  void answersAClosedCatalogLikeAMissingOne() {
    lake.as("analyst")
        .refusal("SHOW TABLES IN pond.tpch", ErrorCode.SCHEMA_NOT_FOUND)
        .hasMessage("The schema `lake`.`pond`.`tpch`" + MetadataFixture.SCHEMA_HELP);
    lake.refusal("SHOW TABLES IN nope.tpch", ErrorCode.SCHEMA_NOT_FOUND)
        .hasMessage("The schema `lake`.`nope`.`tpch`" + MetadataFixture.SCHEMA_HELP);
    lake.refusal("SHOW SCHEMAS IN pond", ErrorCode.SCHEMA_NOT_FOUND);
    lake.refusal("SHOW SCHEMAS IN nope", ErrorCode.SCHEMA_NOT_FOUND);
    lake.refusal("SET CATALOG pond", ErrorCode.CATALOG_NOT_FOUND);
    lake.refusal("SET CATALOG nope", ErrorCode.CATALOG_NOT_FOUND);
  }

  @Test
  void needsASchemaForTables() {
    lake.refusal("SHOW TABLES IN lake", ErrorCode.SCHEMA_NOT_FOUND);
    lake.refusal("SHOW TABLES IN lake.tpch.nested", ErrorCode.SCHEMA_NOT_FOUND);
    lake.in("lake", "gone").refusal("SHOW TABLES", ErrorCode.SCHEMA_NOT_FOUND);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1",
        "EXPLAIN SHOW TABLES",
        "EXPLAIN SELECT * FROM orders",
        "DROP TABLE orders",
        "SHOW ROLES",
        "INSERT INTO orders VALUES (1)"
      })
  void leavesOtherStatementsAlone(String sql) {
    assertThat(lake.analyze(sql)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SHOW TABLES IN IDENTIFIER('tpch')",
        "SHOW TABLES IN lake.IDENTIFIER('tpch')",
        "SHOW TABLE EXTENDED IN IDENTIFIER('tpch') LIKE '*'",
        "SHOW VIEWS IN IDENTIFIER('tpch')",
        "SHOW COLUMNS IN IDENTIFIER('or' || 'ders')",
        "SHOW COLUMNS IN orders IN IDENTIFIER('tpch')",
        "SHOW SCHEMAS IN IDENTIFIER('lake')",
        "SHOW TBLPROPERTIES IDENTIFIER('orders')",
        "SHOW TBLPROPERTIES orders (IDENTIFIER('format'))",
        "SHOW CREATE TABLE tpch.IDENTIFIER('orders')",
        "DESCRIBE IDENTIFIER('orders')",
        "DESCRIBE orders IDENTIFIER('o_orderkey')",
        "DESCRIBE SCHEMA IDENTIFIER('tpch')",
        "USE IDENTIFIER('tpch')",
        "USE SCHEMA IDENTIFIER('tpch')",
        "SET CATALOG IDENTIFIER('lake')",
        "SHOW TABLES LIKE ?",
        "SHOW TABLES LIKE :pattern"
      })
  void refusesNamesAndPatternsThatAreNotInTheText(String sql) {
    lake.refusal(sql, ErrorCode.NOT_SUPPORTED);
  }

  @Test
  void passesFailuresOfThePolicyEngineOn() {
    lake.policies.failWith(new SluiceException(ErrorCode.POLICY_UNAVAILABLE, "none loaded"));
    for (String sql :
        List.of("SHOW CATALOGS", "SHOW SCHEMAS", "SHOW TABLES", "DESCRIBE orders", "USE tpch")) {
      lake.refusal(sql, ErrorCode.POLICY_UNAVAILABLE);
    }
  }

  @Test
  void tellsThePolicyEngineTheClientsAddress() {
    lake.answer("DESCRIBE orders");

    assertThat(lake.policies.requests())
        .isNotEmpty()
        .allSatisfy(request -> assertThat(request.clientAddress()).isEqualTo("10.0.0.7"));
  }
}
