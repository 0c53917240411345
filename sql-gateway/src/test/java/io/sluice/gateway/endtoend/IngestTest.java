package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.FlightSqlSession.APPEND;
import static io.sluice.gateway.endtoend.FlightSqlSession.CREATE;
import static io.sluice.gateway.endtoend.FlightSqlSession.CREATE_APPEND;
import static io.sluice.gateway.endtoend.FlightSqlSession.REPLACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.adbc.core.AdbcException;
import org.apache.arrow.adbc.core.AdbcStatement;
import org.apache.arrow.adbc.core.BulkIngestMode;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.sql.FlightSqlClient.ExecuteIngestOptions;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampNanoTZVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rows that clients send, on the real Spark: governed like INSERT and CREATE, and all or none. */
class IngestTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  private static FlightSqlSession admin;

  @BeforeAll
  static void makeSchema() {
    admin = new FlightSqlSession(GATEWAY.grpcPort(), "admin");
    admin.query("create schema lake.landing");
  }

  @AfterAll
  static void dropSchema() {
    for (String table : admin.query("show tables in lake.landing")) {
      admin.query("drop table lake.landing." + table.split("\\|")[1]);
    }
    admin.query("drop schema lake.landing");
    admin.close();
  }

  private static Field field(String name, ArrowType type) {
    return new Field(name, new FieldType(true, type, null), List.of());
  }

  private static final Schema PEOPLE =
      new Schema(
          List.of(
              field("id", new ArrowType.Int(64, true)),
              field("name", ArrowType.Utf8.INSTANCE),
              field("seen", new ArrowType.Timestamp(TimeUnit.NANOSECOND, "UTC")),
              field("points", new ArrowType.Int(64, false))));

  /** So many batches of so many people, numbered from a number on. */
  private static ArrowReader people(BufferAllocator allocator, int first, int batches, int rows) {
    return new ArrowReader(allocator) {
      private int next;

      @Override
      public boolean loadNextBatch() {
        if (next == batches) {
          return false;
        }
        try {
          fill(getVectorSchemaRoot(), first + next * rows, rows);
        } catch (java.io.IOException e) {
          throw new IllegalStateException(e);
        }
        next++;
        return true;
      }

      @Override
      public long bytesRead() {
        return 0;
      }

      @Override
      protected void closeReadSource() {}

      @Override
      protected Schema readSchema() {
        return PEOPLE;
      }
    };
  }

  private static void fill(VectorSchemaRoot root, int first, int rows) {
    root.getFieldVectors().forEach(FieldVector::reset);
    for (int row = 0; row < rows; row++) {
      int id = first + row;
      ((BigIntVector) root.getVector(0)).setSafe(row, id);
      if (id % 10 != 0) {
        ((VarCharVector) root.getVector(1))
            .setSafe(row, ("p" + id).getBytes(StandardCharsets.UTF_8));
      }
      ((TimeStampNanoTZVector) root.getVector(2)).setSafe(row, id * 1_000_000_999L);
      ((UInt8Vector) root.getVector(3)).setSafe(row, -1L);
    }
    root.setRowCount(rows);
  }

  @Test
  void everyModeDoesWhatItSays() throws Exception {
    try (ArrowReader rows = people(admin.allocator, 1, 3, 5)) {
      assertThat(admin.ingest(rows, "landing", "people", CREATE)).isEqualTo(15);
    }
    assertThat(
            admin.query(
                "select count(*), count(name), min(id), max(points), max(seen) from"
                    + " lake.landing.people"))
        .containsExactly("15|14|1|18446744073709551615|15000014");
    try (ArrowReader rows = people(admin.allocator, 1, 1, 1)) {
      assertThatThrownBy(() -> admin.ingest(rows, "landing", "people", CREATE))
          .isInstanceOf(FlightRuntimeException.class)
          .hasMessageContaining("TABLE_OR_VIEW_ALREADY_EXISTS");
    }
    try (ArrowReader rows = people(admin.allocator, 100, 1, 2)) {
      assertThat(admin.ingest(rows, "landing", "people", APPEND)).isEqualTo(2);
    }
    try (ArrowReader rows = people(admin.allocator, 200, 1, 2)) {
      assertThat(admin.ingest(rows, "landing", "people", CREATE_APPEND)).isEqualTo(2);
    }
    assertThat(admin.query("select count(*) from lake.landing.people")).containsExactly("19");
    // One snapshot for each call, however many batches it came in.
    try (DirectSpark spark = DirectSpark.open(GATEWAY.sparkEndpoint())) {
      assertThat(spark.rows("select count(*) from lake.landing.people.snapshots"))
          .containsExactly(List.of("3"));
    }
    try (ArrowReader rows = people(admin.allocator, 1, 0, 0)) {
      assertThat(admin.ingest(rows, "landing", "people", REPLACE)).isZero();
    }
    assertThat(admin.query("select count(*) from lake.landing.people")).containsExactly("0");
    try (ArrowReader rows = people(admin.allocator, 1, 1, 4)) {
      assertThat(admin.ingest(rows, "landing", "fresh", CREATE_APPEND)).isEqualTo(4);
    }
    assertThat(admin.query("describe lake.landing.fresh"))
        .contains("id|bigint|null", "seen|timestamp|null", "points|decimal(20,0)|null");
    try (ArrowReader rows = people(admin.allocator, 1, 1, 4)) {
      assertThatThrownBy(() -> admin.ingest(rows, "landing", "missing", APPEND))
          .hasMessageContaining("TABLE_OR_VIEW_NOT_FOUND");
    }
  }

  @Test
  void policyIsThatOfInsertAndCreate() throws Exception {
    try (FlightSqlSession analyst = new FlightSqlSession(GATEWAY.grpcPort(), "analyst")) {
      for (var mode : List.of(CREATE, APPEND, REPLACE, CREATE_APPEND)) {
        try (ArrowReader rows = people(analyst.allocator, 1, 1, 1)) {
          assertThatThrownBy(() -> analyst.ingest(rows, "tpch", "nation", mode))
              .hasMessageContaining("Permission denied: user [analyst] does not have");
        }
      }
    }
    assertThat(admin.query("select count(*) from lake.tpch.nation")).containsExactly("25");
  }

  @Test
  void noTableIsReplacedByColumnsThatAPolicyHides() throws Exception {
    admin.query("create table lake.landing.guarded as select 1 as id");
    try (ChangedPolicies policies = ChangedPolicies.in(GATEWAY)) {
      policies.apply(Policy.mask("landing.*.name", Policy.users("analyst"), "MASK_NULL"));
      try (ArrowReader rows = people(admin.allocator, 1, 1, 3)) {
        assertThatThrownBy(() -> admin.ingest(rows, "landing", "guarded", REPLACE))
            .hasMessageContaining("may not give [landing/guarded] a column `name`");
      }
      // What is not there yet has nobody who reads it.
      try (ArrowReader rows = people(admin.allocator, 1, 1, 3)) {
        assertThat(admin.ingest(rows, "landing", "planned", REPLACE)).isEqualTo(3);
      }
    }
    assertThat(admin.query("select * from lake.landing.guarded")).containsExactly("1");
  }

  @Test
  void aPolicyOnColumnsThatDoNotComeIsNotInTheWay() throws Exception {
    admin.query("create table lake.landing.ruled as select 1 as id");
    try (ChangedPolicies policies = ChangedPolicies.in(GATEWAY)) {
      policies.apply(Policy.mask("landing.ruled.sl*", Policy.users("analyst"), "MASK_NULL"));
      try (ArrowReader rows = people(admin.allocator, 1, 1, 3)) {
        assertThat(admin.ingest(rows, "landing", "ruled", REPLACE)).isEqualTo(3);
      }
    }
  }

  @Test
  void whatDoesNotFitLeavesNothing() throws Exception {
    admin.query("create table lake.landing.strict (id bigint, name int)");
    try (ArrowReader rows = people(admin.allocator, 1, 2, 3)) {
      assertThatThrownBy(() -> admin.ingest(rows, "landing", "strict", APPEND))
          .isInstanceOf(FlightRuntimeException.class);
    }
    assertThat(admin.query("select count(*) from lake.landing.strict")).containsExactly("0");
    await().atMost(Duration.ofSeconds(30)).until(() -> GATEWAY.runningStatements() == 0);
  }

  @Test
  void aTemporaryTableIsRefused() throws Exception {
    try (ArrowReader rows = people(admin.allocator, 1, 1, 1)) {
      assertThatThrownBy(
              () ->
                  admin.client.executeIngest(
                      rows,
                      new ExecuteIngestOptions("x", CREATE, true, "lake", "landing", Map.of()),
                      admin.token))
          .hasMessageContaining("Sluice has no temporary tables");
    }
  }

  @Test
  void theTargetIsTheSessionsWhereNothingIsNamed() throws Exception {
    try (FlightSqlSession own = new FlightSqlSession(GATEWAY.grpcPort(), "admin")) {
      own.query("use lake.landing");
      try (ArrowReader rows = people(own.allocator, 1, 1, 2)) {
        assertThat(
                own.client.executeIngest(
                    rows,
                    new ExecuteIngestOptions("unqualified", CREATE, null, null, Map.of()),
                    own.token))
            .isEqualTo(2);
      }
      assertThat(own.query("select count(*) from unqualified")).containsExactly("2");
    }
  }

  @Test
  void aHundredMegabytesPassInSmallMemory() throws Exception {
    List<Long> counts = new ArrayList<>();
    try (ArrowReader rows = people(admin.allocator, 1, 60, 50_000)) {
      counts.add(admin.ingest(rows, "landing", "large", CREATE));
    }
    assertThat(counts).containsExactly(3_000_000L);
    assertThat(admin.query("select count(*), count(distinct id) from lake.landing.large"))
        .containsExactly("3000000|3000000");
  }

  /**
   * ADBC's driver for Java inserts by a prepared statement, and leaves the login out of the call
   * that runs it; the table it has created before.
   */
  @Test
  void bulkIngestOfAdbcForJavaIsRefusedAndWritesNoRow() throws Exception {
    try (AdbcSession adbc = new AdbcSession(GATEWAY.grpcPort(), "admin");
        BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot rows =
            VectorSchemaRoot.create(
                new Schema(List.of(field("id", new ArrowType.Int(64, true)))), allocator)) {
      ((BigIntVector) rows.getVector("id")).setSafe(0, 1);
      rows.setRowCount(1);
      adbc.query("use landing");
      for (BulkIngestMode mode : List.of(BulkIngestMode.CREATE, BulkIngestMode.APPEND)) {
        try (AdbcStatement statement = adbc.connection.bulkIngest("by_adbc", mode)) {
          statement.bind(rows);
          assertThatThrownBy(statement::executeUpdate)
              .isInstanceOf(AdbcException.class)
              .hasMessageContaining("[UNAUTHENTICATED] Not logged in");
        }
        assertThat(admin.query("select count(*) from lake.landing.by_adbc")).containsExactly("0");
      }
    }
  }
}
