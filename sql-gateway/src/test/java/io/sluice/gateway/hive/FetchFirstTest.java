package io.sluice.gateway.hive;

import static io.sluice.gateway.hive.HiveCalls.execute;
import static io.sluice.gateway.hive.HiveCalls.fetch;
import static io.sluice.gateway.hive.HiveCalls.numbers;
import static io.sluice.gateway.hive.HiveCalls.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.arrow.RowEncoder;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.hive.service.rpc.thrift.TCLIService;
import org.apache.hive.service.rpc.thrift.TCancelOperationReq;
import org.apache.hive.service.rpc.thrift.TFetchOrientation;
import org.apache.hive.service.rpc.thrift.TFetchResultsReq;
import org.apache.hive.service.rpc.thrift.TFetchResultsResp;
import org.apache.hive.service.rpc.thrift.TOperationHandle;
import org.apache.hive.service.rpc.thrift.TProtocolVersion;
import org.apache.hive.service.rpc.thrift.TSessionHandle;
import org.apache.hive.service.rpc.thrift.TStatusCode;
import org.apache.thrift.TException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client that begins again with the first rows of a result. */
class FetchFirstTest {

  private static final String SQL = "select numbers";

  private final HiveDoorFixture fixture = new HiveDoorFixture();
  private TCLIService.Client client;
  private TSessionHandle session;

  @BeforeEach
  void connect() throws TException {
    client = fixture.sasl("admin", "admin");
    session = session(client);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @ParameterizedTest
  @EnumSource
  void theFirstPageIsGivenAgainAndTheSecondFollows(TProtocolVersion version) throws TException {
    fixture.numbers(SQL, 25);
    session = HiveDoorFixture.open(client, version).getSessionHandle();
    TOperationHandle operation = execute(client, session, SQL);
    assertThat(numbers(fetchFirst(operation, 10).getResults())).isEqualTo(upTo(0, 10));
    for (int again = 0; again < 3; again++) {
      TFetchResultsResp first = fetchFirst(operation, 10);
      assertThat(numbers(first.getResults())).isEqualTo(upTo(0, 10));
      assertThat(first.getResults().getStartRowOffset()).isZero();
      assertThat(first.isHasMoreRows()).isTrue();
    }
    TFetchResultsResp second = fetch(client, operation, 10);
    assertThat(numbers(second.getResults())).isEqualTo(upTo(10, 20));
    assertThat(second.getResults().getStartRowOffset()).isEqualTo(10);
  }

  @Test
  void onceTheSecondPageWasTakenTheFirstIsGone() throws TException {
    fixture.numbers(SQL, 25);
    TOperationHandle operation = execute(client, session, SQL);
    fetch(client, operation, 10);
    fetch(client, operation, 10);
    assertRefused(fetchFirst(operation, 10));
    assertThat(numbers(fetch(client, operation, 10).getResults()))
        .as("a refusal takes no rows")
        .isEqualTo(upTo(20, 25));
    assertRefused(fetchFirst(operation, 10));
  }

  @Test
  void aResultOfOnePageIsReadAgainToItsEnd() throws TException {
    fixture.numbers(SQL, 5);
    TOperationHandle operation = execute(client, session, SQL);
    assertThat(numbers(fetch(client, operation, 10).getResults())).isEqualTo(upTo(0, 5));
    for (int again = 0; again < 3; again++) {
      assertThat(numbers(fetch(client, operation, 10).getResults())).isEmpty();
      assertThat(numbers(fetchFirst(operation, 10).getResults())).isEqualTo(upTo(0, 5));
    }
  }

  @Test
  void aResultWithoutRowsIsReadAgain() throws TException {
    fixture.numbers(SQL, 0);
    TOperationHandle operation = execute(client, session, SQL);
    assertThat(numbers(fetch(client, operation, 10).getResults())).isEmpty();
    assertThat(numbers(fetchFirst(operation, 10).getResults())).isEmpty();
  }

  @Test
  void aLargeFirstPageIsNotKept() throws TException {
    Schema texts = new Schema(List.of(Field.notNullable("t", ArrowType.Utf8.INSTANCE)));
    String fits = "x".repeat(FirstPage.MOST_BYTES - 64);
    String large = "x".repeat(FirstPage.MOST_BYTES);
    for (String text : List.of(fits, large)) {
      fixture.statements.result(
          SQL,
          () ->
              new RowEncoder(fixture.allocator)
                  .publisher(texts, List.of(List.of(text), List.of("second"))));
      TOperationHandle operation = execute(client, session, SQL);
      assertThat(texts(fetch(client, operation, 1))).containsExactly(text);
      if (text.equals(fits)) {
        assertThat(texts(fetchFirst(operation, 1))).containsExactly(text);
      } else {
        assertRefused(fetchFirst(operation, 1));
      }
      assertThat(texts(fetch(client, operation, 1))).containsExactly("second");
      assertRefused(fetchFirst(operation, 1));
    }
  }

  private static List<String> texts(TFetchResultsResp reply) {
    return reply.getResults().getColumns().get(0).getStringVal().getValues();
  }

  @Test
  void noMoreRowsComeThanAreAskedFor() throws TException {
    fixture.numbers(SQL, 25);
    TOperationHandle operation = execute(client, session, SQL);
    fetch(client, operation, 10);
    assertRefused(fetchFirst(operation, 9));
    assertThat(numbers(fetchFirst(operation, 11).getResults())).isEqualTo(upTo(0, 10));
  }

  @Test
  void aCanceledResultIsNotBegunAgain() throws TException {
    fixture.numbers(SQL, 25);
    TOperationHandle operation = execute(client, session, SQL);
    fetch(client, operation, 10);
    client.CancelOperation(new TCancelOperationReq(operation));
    assertRefused(fetchFirst(operation, 10));
  }

  @Test
  void firstPagesGoBeforeResultsThatWait() throws TException {
    fixture.numbers("select few numbers", 300);
    fixture.numbers(SQL, 500);
    TOperationHandle read = execute(client, session, "select few numbers");
    fetch(client, read, 300);
    assertThat(numbers(fetch(client, read, 300).getResults())).isEmpty();
    List<TOperationHandle> waiting = new ArrayList<>();
    for (int count = 0; count < 3; count++) {
      assertThat(numbers(fetchFirst(read, 300).getResults())).isEqualTo(upTo(0, 300));
      waiting.add(execute(client, session, SQL));
    }
    TOperationHandle last = execute(client, session, "select few numbers");
    assertRefused(fetchFirst(read, 300));
    assertThat(numbers(fetch(client, read, 300).getResults())).as("its end").isEmpty();
    waiting.add(last);
    assertThat(waiting)
        .allSatisfy(
            operation ->
                assertThat(numbers(fetch(client, operation, 500).getResults())).isNotEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void aScrollableResultSetGoesBack(HiveDriver driver) throws SQLException {
    fixture.statements.effect("USE `lake`.`tpch`");
    fixture.numbers(SQL, 25);
    try (Connection connection = driver.connect(fixture.door().port(), "/", "admin");
        Statement statement =
            connection.createStatement(
                ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
        ResultSet rows = statement.executeQuery(SQL)) {
      for (int again = 0; again < 3; again++) {
        assertThat(rest(rows)).isEqualTo(upTo(0, 25));
        rows.beforeFirst();
      }
      assertThat(rows.next()).isTrue();
      rows.beforeFirst();
      assertThat(rest(rows)).as("from amidst a page").isEqualTo(upTo(0, 25));
    }
  }

  private static List<Long> rest(ResultSet rows) throws SQLException {
    List<Long> all = new ArrayList<>();
    while (rows.next()) {
      all.add(rows.getLong(1));
    }
    return all;
  }

  private TFetchResultsResp fetchFirst(TOperationHandle operation, int rows) throws TException {
    return client.FetchResults(
        new TFetchResultsReq(operation, TFetchOrientation.FETCH_FIRST, rows));
  }

  private static void assertRefused(TFetchResultsResp reply) {
    assertThat(reply.getStatus().getStatusCode()).isEqualTo(TStatusCode.ERROR_STATUS);
    assertThat(reply.getStatus().getErrorMessage())
        .startsWith("[NOT_SUPPORTED] ")
        .contains("FETCH_FIRST is not served");
  }

  private static List<Long> upTo(long first, long end) {
    return LongStream.range(first, end).boxed().toList();
  }
}
