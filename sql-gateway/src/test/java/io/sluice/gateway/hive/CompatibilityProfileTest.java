package io.sluice.gateway.hive;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.session.FakeSessions;
import io.sluice.gateway.session.Session;
import io.sluice.model.Principal;
import io.sluice.planner.SessionSettings;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.hive.service.rpc.thrift.TProtocolVersion;
import org.junit.jupiter.api.Test;

class CompatibilityProfileTest {

  private static final TProtocolVersion PYHIVE = TProtocolVersion.HIVE_CLI_SERVICE_PROTOCOL_V6;
  private static final TProtocolVersion V10 = TProtocolVersion.HIVE_CLI_SERVICE_PROTOCOL_V10;

  private final Session session =
      new FakeSessions().open(new Principal("admin", Set.of()), "127.0.0.1");

  @Test
  void byDefaultPyHivesDialectAloneIsRecognised() {
    assertThat(shown(PYHIVE, "SHOW TABLES", "namespace", "tableName")).containsExactly("tableName");
    assertThat(shown(PYHIVE, "SHOW TABLES IN `a``b`", "namespace", "tableName"))
        .containsExactly("tableName");
    for (String other :
        List.of(
            "show tables", "SHOW TABLES IN tpch", "SHOW TABLES IN `a", "SHOW TABLES IN `a`` b")) {
      assertThat(shown(PYHIVE, other, "namespace", "tableName")).as(other).hasSize(2);
    }
    assertThat(shown(V10, "SHOW TABLES IN `tpch`", "namespace", "tableName")).hasSize(2);
    assertThat(shown(V10, "select 1 as ``, 2", "", "2")).as("a column without a name").hasSize(2);
  }

  /** Superset's engine spec for {@code hive://} takes the first column as the view's name. */
  @Test
  void supersetsListOfViewsHasTheirNames() {
    for (String text : List.of("SHOW VIEWS", "SHOW VIEWS IN `tpch`")) {
      assertThat(shown(PYHIVE, text, "namespace", "viewName", "isTemporary"))
          .as(text)
          .containsExactly("viewName");
    }
    assertThat(shown(PYHIVE, "show views in `tpch`", "namespace", "viewName")).hasSize(2);
    assertThat(shown(V10, "SHOW VIEWS IN `tpch`", "namespace", "viewName")).hasSize(2);
  }

  @Test
  void aLongNameIsReadAtOnce() {
    String long1 = "SHOW TABLES IN `" + "a".repeat(1 << 20) + "`";
    assertThat(shown(PYHIVE, long1, "namespace", "tableName")).hasSize(1);
    String long2 = "SHOW TABLES IN `" + "``".repeat(1 << 20);
    assertThat(shown(PYHIVE, long2, "namespace", "tableName")).hasSize(2);
  }

  @Test
  void sparksIsForEveryClientAndText() {
    session.configure(values -> values.put(SessionSettings.HIVE_PROFILE, "spark"));
    assertThat(shown(PYHIVE, "SHOW TABLES IN `tpch`", "namespace", "tableName"))
        .containsExactly("namespace", "tableName");
  }

  @Test
  void hivesHasTheOneColumnUnderItsName() {
    session.configure(values -> values.put(SessionSettings.HIVE_PROFILE, "hive"));
    assertThat(shown(V10, "show  tables in tpch", "namespace", "tableName", "isTemporary"))
        .containsExactly("tab_name");
    assertThat(shown(V10, "SHOW VIEWS", "namespace", "viewName")).containsExactly("tab_name");
    assertThat(column("SHOW VIEWS", "namespace", "viewName")).isEqualTo("viewName");
    assertThat(column("SHOW TABLES", "namespace", "tableName")).isEqualTo("tableName");
    assertThat(shown(V10, "show databases", "namespace")).containsExactly("database_name");
    assertThat(shown(V10, "\nSHOW SCHEMAS like 't*'", "namespace"))
        .containsExactly("database_name");
    assertThat(shown(V10, "SHOW FUNCTIONS", "function")).containsExactly("tab_name");
    for (String other :
        List.of("SHOW TABLE EXTENDED LIKE '*'", "select 1", "SHOW CREATE TABLE t")) {
      assertThat(shown(V10, other, "namespace", "tableName")).as(other).hasSize(2);
    }
  }

  /** Returns which column of the result is the one that the client gets. */
  private String column(String sql, String... columns) {
    HiveSession hive = new HiveSession(HiveHandle.random(new SecureRandom()), session, V10);
    try (BufferAllocator allocator = new RootAllocator()) {
      List<FieldVector> vectors =
          Stream.of(columns).<FieldVector>map(name -> new VarCharVector(name, allocator)).toList();
      List<FieldVector> got = CompatibilityProfile.of(hive).shown(hive, sql).of(vectors);
      assertThat(got).hasSize(1);
      return got.get(0).getName();
    }
  }

  private List<String> shown(TProtocolVersion version, String sql, String... columns) {
    HiveSession hive = new HiveSession(HiveHandle.random(new SecureRandom()), session, version);
    Schema whole =
        new Schema(
            List.of(columns).stream()
                .map(name -> Field.nullable(name, ArrowType.Utf8.INSTANCE))
                .toList());
    return CompatibilityProfile.of(hive).shown(hive, sql).schema(whole).getFields().stream()
        .map(Field::getName)
        .toList();
  }
}
