package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.FakeIngestion;
import io.sluice.gateway.statement.IngestTarget;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.spark.ResultMessage.BatchMessage;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.PutResult;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions.TableExistsOption;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions.TableNotExistOption;
import org.apache.arrow.flight.sql.impl.FlightSql.DoPutUpdateResult;
import org.apache.arrow.vector.types.pojo.Field;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bulk ingest at the door: what is decoded, bounded and told. */
class FlightIngestTest extends FlightCalls {

  private static final List<String> NAMES =
      Batches.NUMBERS.getFields().stream().map(Field::getName).toList();

  @AfterEach
  void allowAgain() {
    fixture.statements.ingestRefusal = Optional.empty();
  }

  private static CommandStatementIngest.Builder ingest(String missing, String there) {
    return CommandStatementIngest.newBuilder()
        .setTable("t")
        .setTableDefinitionOptions(
            TableDefinitionOptions.newBuilder()
                .setIfNotExist(TableNotExistOption.valueOf("TABLE_NOT_EXIST_OPTION_" + missing))
                .setIfExists(TableExistsOption.valueOf("TABLE_EXISTS_OPTION_" + there)));
  }

  /** An upload in the making, and its answer. */
  private static final class Put implements StreamObserver<PutResult> {
    final CompletableFuture<PutResult> answer = new CompletableFuture<>();
    final StreamObserver<FlightData> requests;

    Put(CommandStatementIngest command) {
      this(command, "admin");
    }

    Put(CommandStatementIngest command, String user) {
      Session session = fixture.sessions.open(new Principal(user, Set.of()), "");
      io.grpc.Metadata headers = new io.grpc.Metadata();
      headers.put(FlightCall.AUTHORIZATION, "Bearer " + fixture.tokens.issue(session.id(), user));
      requests =
          FlightServiceGrpc.newStub(channel)
              .withInterceptors(io.grpc.stub.MetadataUtils.newAttachHeadersInterceptor(headers))
              .doPut(this);
      requests.onNext(
          FlightData.newBuilder()
              .setFlightDescriptor(command(Any.pack(command)))
              .setDataHeader(ArrowEncoder.schema(Batches.NUMBERS).header())
              .build());
    }

    Put rows(int first, int count) {
      BatchMessage batch = (BatchMessage) Batches.numberBatch(fixture.allocator, first, count);
      requests.onNext(
          FlightData.newBuilder().setDataHeader(batch.header()).setDataBody(batch.body()).build());
      return this;
    }

    long end() throws Exception {
      requests.onCompleted();
      ByteString result = answer.get(60, TimeUnit.SECONDS).getAppMetadata();
      return DoPutUpdateResult.parseFrom(result).getRecordCount();
    }

    Status failure() {
      try {
        answer.get(60, TimeUnit.SECONDS);
        throw new AssertionError("not refused");
      } catch (java.util.concurrent.ExecutionException e) {
        return ((StatusRuntimeException) e.getCause()).getStatus();
      } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void onNext(PutResult result) {
      answer.complete(result);
    }

    @Override
    public void onError(Throwable failure) {
      answer.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {}
  }

  private static FakeIngestion last() {
    return fixture.statements.ingestions.get(fixture.statements.ingestions.size() - 1);
  }

  @ParameterizedTest
  @CsvSource({
    "CREATE, FAIL, CREATE",
    "FAIL, APPEND, APPEND",
    "FAIL, REPLACE, REPLACE",
    "CREATE, REPLACE, CREATE_OR_REPLACE",
    "CREATE, APPEND, CREATE_OR_APPEND"
  })
  void everyModeIsUnderstood(String missing, String there, IngestTarget.Mode mode)
      throws Exception {
    Put put = new Put(ingest(missing, there).setCatalog("c").setSchema("s").build());
    assertThat(put.rows(0, 3).rows(3, 0).rows(3, 4).end()).isEqualTo(7);
    assertThat(last().target)
        .isEqualTo(new IngestTarget(Optional.of("c"), Optional.of("s"), "t", mode));
    // A batch without rows is nothing to send.
    assertThat(last().chunks).hasSize(2);
    assertThat(last().columns).isEqualTo(NAMES);
  }

  @Test
  void noRowsStillMakeATable() throws Exception {
    assertThat(new Put(ingest("CREATE", "FAIL").build()).end()).isZero();
    assertThat(last().chunks).hasSize(1);
    assertThat(last().columns).isEqualTo(NAMES);
  }

  @Test
  void whatIsNotServedIsRefusedByName() {
    assertRefusal(ingest("CREATE", "FAIL").setTemporary(true), "no temporary tables");
    assertRefusal(
        ingest("CREATE", "FAIL").setTransactionId(ByteString.copyFromUtf8("x")), "no transactions");
    assertRefusal(ingest("CREATE", "FAIL").putOptions("speed", "11"), "`speed`");
    assertRefusal(ingest("FAIL", "FAIL"), "what is to become of a table");
    assertRefusal(ingest("UNSPECIFIED", "UNSPECIFIED"), "what is to become of a table");
    assertRefusal(ingest("CREATE", "FAIL").setTable(""), "must name a table");
  }

  private static void assertRefusal(CommandStatementIngest.Builder command, String text) {
    assertThat(new Put(command.build()).failure().getDescription()).contains(text);
  }

  @Test
  void aRefusalOfTheRoadReachesTheClient() {
    fixture.statements.ingestRefusal =
        Optional.of(new SluiceException(ErrorCode.PERMISSION_DENIED, "Permission denied: x"));
    Put put = new Put(ingest("FAIL", "APPEND").build());
    assertThat(put.failure().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(put.failure().getDescription()).contains("Permission denied: x");
  }

  @Test
  void damagedRowsEndItWithoutAWrite() {
    Put put = new Put(ingest("FAIL", "APPEND").build());
    put.requests.onNext(
        FlightData.newBuilder().setDataHeader(ByteString.copyFromUtf8("nonsense")).build());
    assertThat(put.failure().getDescription()).contains("[PROTOCOL_VIOLATION]");
  }

  @Test
  void anIngestThatIsTooLargeIsRefusedAndNothingIsWritten() throws Exception {
    int half = DoorFixture.LONGEST_INGEST / 64 / 2;
    assertThat(new Put(ingest("FAIL", "APPEND").build()).rows(0, half).rows(half, half).end())
        .isEqualTo(2 * half);
    Put put = new Put(ingest("FAIL", "APPEND").build()).rows(0, half).rows(half, half).rows(0, 2);
    assertThat(put.failure().getDescription())
        .contains("[STATEMENT_TOO_LARGE]")
        .contains("at most 1048576 bytes (limits.ingestBytes)");
    assertThat(last().columns).isEmpty();
  }

  /** By gRPC, before Sluice sees anything of it. */
  @Test
  void aBatchThatIsTooLargeEndsTheIngestAndNothingIsWritten() throws Exception {
    Put put = new Put(ingest("FAIL", "APPEND").setTable("large").build());
    Awaitility.await().until(() -> isHeld("large"));
    FakeIngestion large = last();
    put.requests.onNext(
        FlightData.newBuilder().setDataBody(ByteString.copyFrom(new byte[(16 << 20) + 1])).build());
    assertThat(put.failure().getDescription())
        .contains("gRPC message exceeds maximum size 16777216");
    assertThat(large.target.table()).isEqualTo("large");
    assertThat(large.chunks).isEmpty();
    assertThat(large.columns).isEmpty();
  }

  /** What else runs on the connection goes on. */
  @Test
  void aBatchThatIsTooLargeDoesNotBreakItsConnection() throws Exception {
    Put other = taken("other", "analyst");
    for (int round = 0; round < 20; round++) {
      Put put = taken("large" + round, "admin");
      put.requests.onNext(
          FlightData.newBuilder()
              .setDataBody(ByteString.copyFrom(new byte[(16 << 20) + 1]))
              .build());
      assertThat(put.failure().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }
    assertThat(other.rows(0, 2).end()).isEqualTo(2);
  }

  @Test
  void aClientThatGoesAwayCancelsItAndItsPlaceIsFree() throws Exception {
    for (int round = 0; round < 20; round++) {
      Put put = new Put(ingest("FAIL", "APPEND").build());
      put.requests.onError(Status.CANCELLED.asRuntimeException());
    }
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(new Put(ingest("FAIL", "APPEND").build()).rows(0, 1).end()).isOne());
  }

  @Test
  void onlySoManyComeAtOnceAndNoUserTakesAllPlaces() throws Exception {
    List<Put> held = IntStream.range(0, 3).mapToObj(one -> taken("held" + one, "admin")).toList();
    refusedForNow(
        "admin",
        "more than the 3 that one user gets of bulk ingests at a time. Wait for one of yours.");
    Put other = taken("other", "analyst");
    refusedForNow("third", "more than the 4 that all users together get of bulk ingests at a time");
    assertThat(other.rows(0, 2).end()).isEqualTo(2);
    for (Put put : held) {
      put.end();
    }
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(new Put(ingest("FAIL", "APPEND").build()).rows(0, 1).end()).isOne());
  }

  /** Returns an ingest that has its place; those of tests before may hold one for a while. */
  private static Put taken(String table, String user) {
    return Awaitility.await()
        .until(
            () -> {
              Put put = new Put(ingest("FAIL", "APPEND").setTable(table).build(), user);
              Awaitility.await().until(() -> put.answer.isDone() || isHeld(table));
              return put;
            },
            put -> isHeld(table));
  }

  private static boolean isHeld(String table) {
    return fixture.statements.ingestions.stream()
        .anyMatch(ingestion -> ingestion.target.table().equals(table));
  }

  private static void refusedForNow(String user, String text) {
    assertThatThrownBy(() -> new Put(ingest("FAIL", "APPEND").build(), user).end())
        .hasStackTraceContaining(text);
  }
}
