package io.sluice.gateway.hive;

import static io.sluice.gateway.hive.HiveCalls.fetch;
import static io.sluice.gateway.hive.HiveCalls.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.gateway.statement.LargeSchema;
import io.sluice.planner.catalog.Column;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.hive.service.rpc.thrift.TCLIService;
import org.apache.hive.service.rpc.thrift.TGetColumnsReq;
import org.apache.hive.service.rpc.thrift.TGetTablesReq;
import org.apache.hive.service.rpc.thrift.TGetTablesResp;
import org.apache.hive.service.rpc.thrift.TOperationHandle;
import org.apache.hive.service.rpc.thrift.TSessionHandle;
import org.apache.hive.service.rpc.thrift.TStatusCode;
import org.apache.iceberg.types.Types;
import org.apache.thrift.TException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lists of large catalogs: what they take of the gateway, and how long. */
class MetadataLimitsTest {

  private final HiveDoorFixture fixture = new HiveDoorFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void aHundredThousandTablesAreListedAndLeaveNothing() throws TException {
    fixture.tables =
        principal -> IntStream.range(0, 100_000).mapToObj(table -> "table_" + table).toList();
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TOperationHandle tables =
        client.GetTables(new TGetTablesReq(session(client))).getOperationHandle();
    assertThat(fixture.answers.heldBytes()).isBetween(10L << 20, 64L << 20);
    int rows = 0;
    for (int page = -1; page != 0; rows += page) {
      page =
          fetch(client, tables, 10_000)
              .getResults()
              .getColumns()
              .get(2)
              .getStringVal()
              .getValues()
              .size();
    }
    assertThat(rows).isEqualTo(100_000);
    // The client has not closed the call.
    assertThat(fixture.door().held()).isEqualTo(2);
    await().untilAsserted(() -> assertThat(fixture.answers.heldBytes()).isZero());
  }

  @Test
  void theColumnsOfFiveThousandTablesAreListed() throws TException {
    fixture.tables = principal -> LargeSchema.tables();
    fixture.columns = LargeSchema::columns;
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TOperationHandle columns =
        client.GetColumns(new TGetColumnsReq(session(client))).getOperationHandle();
    assertThat(fixture.answers.heldBytes()).isBetween(20L << 20, 40L << 20);
    int rows = 0;
    for (int page = -1; page != 0; rows += page) {
      page =
          fetch(client, columns, 10_000)
              .getResults()
              .getColumns()
              .get(3)
              .getStringVal()
              .getValues()
              .size();
    }
    assertThat(rows).isEqualTo(LargeSchema.TABLES * LargeSchema.COLUMNS_OF_TABLE);
    await().untilAsserted(() -> assertThat(fixture.answers.heldBytes()).isZero());
  }

  @Test
  void aListThatIsTooLongIsRefusedAndAskedForInParts() throws TException {
    fixture.tables =
        principal -> IntStream.range(0, 100).mapToObj(table -> "x".repeat(1 << 20)).toList();
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TSessionHandle session = session(client);
    TGetTablesResp refused = client.GetTables(new TGetTablesReq(session));
    assertThat(refused.getStatus().getStatusCode()).isEqualTo(TStatusCode.ERROR_STATUS);
    assertThat(refused.getStatus().getSqlState()).isEqualTo("53400");
    assertThat(refused.getStatus().getErrorMessage())
        .startsWith("[RESULT_TOO_LARGE] The list takes more than the 64 MiB that one may take.");
    assertThat(fixture.answers.heldBytes()).isZero();
    assertThat(fixture.answers.size()).isZero();
    assertThat(fixture.door().held()).as("the session alone").isOne();
    TGetTablesReq part = new TGetTablesReq(session);
    part.setTableName("y%");
    assertThat(client.GetTables(part).getStatus().getStatusCode())
        .isEqualTo(TStatusCode.SUCCESS_STATUS);
  }

  @Test
  void aListIsMadeNoFurtherOnceTheConnectionIsGone() throws Exception {
    fixture.tables = principal -> Collections.nCopies(1000, "table");
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    AtomicInteger read = new AtomicInteger();
    fixture.columns =
        table -> {
          read.incrementAndGet();
          begun.countDown();
          try {
            gone.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return List.of(new Column("c", 1, Types.LongType.get(), true, Optional.empty()));
        };
    TCLIService.Client client = fixture.sasl("admin", "admin");
    TSessionHandle session = session(client);
    client.send_GetColumns(new TGetColumnsReq(session));
    begun.await();
    assertThat(fixture.answers.size()).isOne();
    client.getInputProtocol().getTransport().close();
    await().until(() -> fixture.answers.size() == 0);
    gone.countDown();
    fixture.awaitCalls();
    assertThat(read).hasValue(1);
  }
}
