package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.session.Session;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.Namespace;
import io.sluice.planner.view.TemporaryView;
import io.sluice.planner.view.ViewColumn;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What JDBC's DatabaseMetaData says through the unmodified driver. */
class JdbcMetadataTest {

  private static DoorFixture fixture;
  private static Connection admin;
  private static Connection analyst;

  @BeforeAll
  static void open() throws SQLException {
    fixture = new DoorFixture();
    admin = fixture.connect("admin");
    analyst = fixture.connect("analyst");
  }

  @AfterAll
  static void close() throws SQLException {
    admin.close();
    analyst.close();
    fixture.close();
  }

  @Test
  void everyGetterAnswers() throws Exception {
    DatabaseMetaData metadata = admin.getMetaData();
    Map<String, Throwable> failures = new TreeMap<>();
    int called = 0;
    for (Method method : DatabaseMetaData.class.getMethods()) {
      if (method.getParameterCount() == 0 && method.getDeclaringClass() == DatabaseMetaData.class) {
        called++;
        try {
          Object value = method.invoke(metadata);
          if (value instanceof ResultSet rows) {
            rows.close();
          }
        } catch (InvocationTargetException e) {
          failures.put(method.getName(), e.getCause());
        }
      }
    }
    assertThat(failures).isEmpty();
    assertThat(called).isGreaterThan(100);
  }

  @Test
  void whatIsSaidOfSparkIsTrue() throws SQLException {
    DatabaseMetaData metadata = admin.getMetaData();
    assertThat(metadata.getDatabaseProductName()).isEqualTo("Sluice");
    assertThat(metadata.getDatabaseProductVersion()).isEqualTo("1.2.3");
    assertThat(metadata.getIdentifierQuoteString()).isEqualTo("`");
    assertThat(metadata.supportsStoredProcedures()).isTrue();
    assertThat(metadata.getCatalogTerm()).isEqualTo("catalog");
    assertThat(metadata.getSchemaTerm()).isEqualTo("schema");
    assertThat(metadata.getSearchStringEscape()).isEqualTo("\\");
    assertThat(metadata.isCatalogAtStart()).isTrue();
    assertThat(metadata.isReadOnly()).isFalse();
    assertThat(metadata.supportsTransactions()).isFalse();
    assertThat(metadata.supportsFullOuterJoins()).isTrue();
    assertThat(metadata.supportsUnionAll()).isTrue();
    assertThat(metadata.supportsCorrelatedSubqueries()).isTrue();
    assertThat(metadata.getMaxStatementLength()).isEqualTo(2 << 20);
    assertThat(metadata.supportsConvert(Types.VARCHAR, Types.DATE)).isTrue();
    assertThat(metadata.supportsConvert(Types.DATE, Types.INTEGER)).isFalse();
    assertThat(metadata.supportsResultSetType(ResultSet.TYPE_FORWARD_ONLY)).isTrue();
  }

  @Test
  void catalogsAndSchemasAreThoseThatTheUserMaySee() throws SQLException {
    assertThat(column(admin.getMetaData().getCatalogs(), "TABLE_CAT"))
        .containsExactly("lake", "ops");
    assertThat(column(analyst.getMetaData().getCatalogs(), "TABLE_CAT")).containsExactly("lake");
    assertThat(column(admin.getMetaData().getSchemas(), "TABLE_SCHEM"))
        .containsExactlyInAnyOrder("default", "tpch", "audit");
    assertThat(column(admin.getMetaData().getSchemas("lake", "tp%"), "TABLE_SCHEM"))
        .containsExactly("tpch");
    assertThat(column(admin.getMetaData().getSchemas("lake", ""), "TABLE_SCHEM")).isEmpty();
    assertThat(column(admin.getMetaData().getSchemas("", null), "TABLE_SCHEM")).isEmpty();
    assertThat(column(analyst.getMetaData().getSchemas("ops", null), "TABLE_SCHEM")).isEmpty();
  }

  @Test
  void tablesAreFilteredByPatternsWithEscapes() throws SQLException {
    DatabaseMetaData metadata = admin.getMetaData();
    assertThat(tables(metadata, "lake", "tpch", "%"))
        .containsExactly(
            "customer",
            "many_addresses",
            "of_another_engine",
            "orders",
            "orders_old",
            "ordersxold");
    assertThat(tables(metadata, null, null, null)).hasSize(7).contains("log");
    assertThat(tables(metadata, "lake", "tpch", "orders_old"))
        .containsExactly("orders_old", "ordersxold");
    assertThat(tables(metadata, "lake", "tpch", "orders\\_old")).containsExactly("orders_old");
    assertThat(tables(metadata, "lake", "tpch", "orders")).containsExactly("orders");
    assertThat(tables(metadata, "lake", "", "orders")).isEmpty();
    assertThat(tables(analyst.getMetaData(), "ops", null, null)).isEmpty();
  }

  @Test
  void tablesAndViewsAreToldApart() throws SQLException {
    DatabaseMetaData metadata = admin.getMetaData();
    assertThat(column(metadata.getTableTypes(), "TABLE_TYPE")).containsExactly("TABLE", "VIEW");
    assertThat(typed(metadata, "VIEW")).containsExactly("many_addresses");
    assertThat(typed(metadata, "TABLE")).contains("orders").doesNotContain("many_addresses");
    assertThat(typed(metadata, "TABLE", "VIEW")).contains("orders", "many_addresses");
    assertThat(typed(metadata, "SYSTEM TABLE")).isEmpty();
    try (ResultSet rows = metadata.getTables("lake", "tpch", "many%", null)) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString("TABLE_TYPE")).isEqualTo("VIEW");
    }
    try (ResultSet rows = columns(admin, "many_addresses")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString("COLUMN_NAME")).isEqualTo("city");
      assertThat(rows.getString("REMARKS")).isEqualTo("where they live");
      assertThat(rows.getInt("NULLABLE")).isEqualTo(DatabaseMetaData.columnNullable);
    }
    assertThat(column(columns(admin, "many_addresses"), "COLUMN_NAME"))
        .containsExactly("city", "c_address");
    assertThat(column(columns(analyst, "many_addresses"), "COLUMN_NAME")).containsExactly("city");
  }

  @Test
  void theSessionsOwnViewsAreListedForItAloneAndWithoutACatalog() throws SQLException {
    try (DoorFixture door = new DoorFixture();
        Connection mine = door.connect("analyst")) {
      assertThat(tables(mine.getMetaData(), "", null, null)).isEmpty();
      Session session = door.sessions.open().values().iterator().next();
      session.define(
          temporary("Recent", "tinyint", org.apache.iceberg.types.Types.IntegerType.get()), false);
      DatabaseMetaData metadata = mine.getMetaData();
      assertThat(tables(metadata, null, null, "R%")).containsExactly("Recent");
      assertThat(tables(metadata, "", "", null)).containsExactly("Recent");
      assertThat(tables(metadata, "", null, "x%")).isEmpty();
      assertThat(tables(metadata, "lake", null, null)).isNotEmpty().doesNotContain("Recent");
      assertThat(tables(metadata, null, "tpch", null)).isNotEmpty().doesNotContain("Recent");
      assertThat(column(metadata.getTables(null, null, "R%", new String[] {"TABLE"}), "TABLE_NAME"))
          .isEmpty();
      try (ResultSet rows = metadata.getColumns(null, null, "Recent", "%")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString("TABLE_CAT")).isEmpty();
        assertThat(rows.getString("TABLE_SCHEM")).isEmpty();
        assertThat(rows.getString("COLUMN_NAME")).isEqualTo("n");
        assertThat(rows.getString("TYPE_NAME")).isEqualTo("tinyint");
        assertThat(rows.getInt("DATA_TYPE")).isEqualTo(Types.TINYINT);
        assertThat(rows.next()).isFalse();
      }
      try (Connection other = door.connect("analyst")) {
        assertThat(tables(other.getMetaData(), null, null, "R%")).isEmpty();
      }
    }
  }

  /** Of two columns, of which the analyst may not read the name of one. */
  private static TemporaryView temporary(String name, String sparkType, Type type) {
    return new TemporaryView(
        name,
        "select 1",
        new Namespace("lake", "tpch"),
        "UTC",
        Set.of(),
        List.of(
            new ViewColumn("c_address", Optional.empty(), sparkType, type, Optional.empty()),
            new ViewColumn("n", Optional.empty(), sparkType, type, Optional.empty())),
        Optional.empty());
  }

  private static List<String> typed(DatabaseMetaData metadata, String... types)
      throws SQLException {
    return column(metadata.getTables("lake", "tpch", "%", types), "TABLE_NAME");
  }

  /** It is there, and Spark cannot read it. */
  @Test
  void aTableOfAnotherEngineHidesNoOthers() throws SQLException {
    assertThat(column(columns(admin, "%"), "TABLE_NAME"))
        .contains("customer", "orders", "many_addresses")
        .doesNotContain("of_another_engine");
    assertThat(column(columns(admin, "of_another_engine"), "COLUMN_NAME")).isEmpty();
  }

  @Test
  void deniedColumnsAreLeftOut() throws SQLException {
    assertThat(column(columns(admin, "customer"), "COLUMN_NAME"))
        .containsExactly("c_custkey", "c_name", "c_address", "c_acctbal");
    assertThat(column(columns(analyst, "customer"), "COLUMN_NAME"))
        .containsExactly("c_custkey", "c_name", "c_acctbal");
  }

  @Test
  void columnsHaveTheirTypesSizesAndRemarks() throws SQLException {
    try (ResultSet rows = columns(admin, "customer")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString("TABLE_CAT")).isEqualTo("lake");
      assertThat(rows.getString("TABLE_SCHEM")).isEqualTo("tpch");
      assertThat(rows.getString("TABLE_NAME")).isEqualTo("customer");
      assertThat(rows.getInt("DATA_TYPE")).isEqualTo(Types.BIGINT);
      assertThat(rows.getString("TYPE_NAME")).isEqualTo("bigint");
      assertThat(rows.getInt("NULLABLE")).isEqualTo(DatabaseMetaData.columnNoNulls);
      assertThat(rows.getInt("ORDINAL_POSITION")).isEqualTo(1);
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt("DATA_TYPE")).isEqualTo(Types.VARCHAR);
      // The driver's own, where it is told none.
      assertThat(rows.getInt("COLUMN_SIZE")).isEqualTo(65536);
      assertThat(rows.getInt("NULLABLE")).isEqualTo(DatabaseMetaData.columnNullable);
      assertThat(rows.next()).isTrue();
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt("DATA_TYPE")).isEqualTo(Types.DECIMAL);
      assertThat(rows.getString("TYPE_NAME")).isEqualTo("decimal(15,2)");
      assertThat(rows.getInt("COLUMN_SIZE")).isEqualTo(15);
      assertThat(rows.getInt("DECIMAL_DIGITS")).isEqualTo(2);
    }
  }

  @Test
  void everyTypeThatSparkReadsIsListedAndOthersAreLeftOut() throws SQLException {
    try (ResultSet rows = columns(admin, "orders")) {
      List<String> names = new ArrayList<>();
      while (rows.next()) {
        names.add(rows.getString("TYPE_NAME"));
      }
      assertThat(names)
          .containsExactly(
              "boolean",
              "int",
              "bigint",
              "float",
              "double",
              "decimal(38,10)",
              "date",
              "timestamp",
              "timestamp_ntz",
              "string",
              "string",
              "binary",
              "binary",
              "array<int>",
              "map<string,bigint>",
              "struct<x:int>");
    }
  }

  @Test
  void keysAreEmpty() throws SQLException {
    DatabaseMetaData metadata = admin.getMetaData();
    assertThat(column(metadata.getPrimaryKeys("lake", "tpch", "orders"), "PK_NAME")).isEmpty();
    assertThat(column(metadata.getImportedKeys("lake", "tpch", "orders"), "FK_NAME")).isEmpty();
    assertThat(column(metadata.getExportedKeys("lake", "tpch", "orders"), "FK_NAME")).isEmpty();
    assertThat(
            column(
                metadata.getCrossReference("lake", "tpch", "orders", "lake", "tpch", "customer"),
                "FKCOLUMN_NAME"))
        .isEmpty();
  }

  @Test
  void aFailureOfThePolicyEngineIsAnErrorAndNotAnAnswer() throws Exception {
    fixture.metadata.failure =
        Optional.of(
            new SluiceException(ErrorCode.POLICY_UNAVAILABLE, "No policies are loaded yet"));
    try {
      assertThatThrownBy(() -> column(admin.getMetaData().getCatalogs(), "TABLE_CAT"))
          .hasStackTraceContaining("[POLICY_UNAVAILABLE] No policies are loaded yet");
    } finally {
      fixture.metadata.failure = Optional.empty();
    }
  }

  private static ResultSet columns(Connection connection, String table) throws SQLException {
    return connection.getMetaData().getColumns("lake", "tpch", table, "%");
  }

  private static List<String> tables(
      DatabaseMetaData metadata,
      @Nullable String catalog,
      @Nullable String schema,
      @Nullable String table)
      throws SQLException {
    return column(metadata.getTables(catalog, schema, table, null), "TABLE_NAME");
  }

  private static List<String> column(ResultSet rows, String name) throws SQLException {
    List<String> values = new ArrayList<>();
    try (rows) {
      while (rows.next()) {
        values.add(rows.getString(name));
      }
    }
    return values;
  }
}
