package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.arrow.DemandPublisher;
import io.sluice.spark.ResultMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.FlightInfo;
import org.apache.arrow.flight.impl.Flight.HandshakeRequest;
import org.apache.arrow.flight.impl.Flight.HandshakeResponse;
import org.apache.arrow.flight.impl.Flight.PollInfo;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.flight.impl.FlightServiceGrpc.FlightServiceBlockingStub;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetCatalogs;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetDbSchemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetSqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTableTypes;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetXdbcTypeInfo;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ReadChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

/**
 * What Arrow's ODBC driver calls, in its order: SQLDriverConnect, SQLGetInfo, SQLTables,
 * SQLColumns, SQLGetTypeInfo, SQLExecDirect, SQLPrepare with SQLExecute. The driver itself is not
 * driven here.
 */
class OdbcSequenceTest extends FlightCalls {

  /** Fetches a command's result; the schema that was promised is the one that comes. */
  private static List<List<Object>> rows(
      FlightServiceBlockingStub client, Message command, Schema schema) {
    FlightInfo info = client.getFlightInfo(command(Any.pack(command)));
    assertThat(info.getSchema()).isEqualTo(ArrowEncoder.encapsulated(schema));
    List<FlightData> stream = fetch(client, ticket(info));
    assertThat(stream.get(0).getDataHeader()).isEqualTo(ArrowEncoder.schema(schema).header());
    return rows(stream);
  }

  /** Decodes a stream with Arrow's own reader. */
  private static List<List<Object>> rows(List<FlightData> stream) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (FlightData data : stream) {
      ByteBuffer prefix = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      prefix.putInt(0xFFFFFFFF).putInt(data.getDataHeader().size());
      bytes.writeBytes(prefix.array());
      bytes.writeBytes(data.getDataHeader().toByteArray());
      bytes.writeBytes(data.getDataBody().toByteArray());
    }
    List<List<Object>> rows = new ArrayList<>();
    try (ArrowStreamReader reader =
        new ArrowStreamReader(new ByteArrayInputStream(bytes.toByteArray()), fixture.allocator)) {
      while (reader.loadNextBatch()) {
        for (int row = 0; row < reader.getVectorSchemaRoot().getRowCount(); row++) {
          List<Object> cells = new ArrayList<>();
          for (FieldVector vector : reader.getVectorSchemaRoot().getFieldVectors()) {
            Object cell = vector.getObject(row);
            cells.add(
                cell instanceof org.apache.arrow.vector.util.Text text ? text.toString() : cell);
          }
          rows.add(cells);
        }
      }
      return rows;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void connectingGivesATokenAndNoCookie() {
    AtomicReference<Metadata> headers = new AtomicReference<>();
    AtomicReference<Metadata> trailers = new AtomicReference<>();
    ClientInterceptor capture = MetadataUtils.newCaptureMetadataInterceptor(headers, trailers);
    Metadata login = new Metadata();
    login.put(FlightCall.AUTHORIZATION, basic("admin", "admin"));
    List<HandshakeResponse> answers = new ArrayList<>();
    var done = new java.util.concurrent.CompletableFuture<Void>();
    var requests =
        FlightServiceGrpc.newStub(channel)
            .withInterceptors(capture, MetadataUtils.newAttachHeadersInterceptor(login))
            .handshake(
                new io.grpc.stub.StreamObserver<HandshakeResponse>() {
                  @Override
                  public void onNext(HandshakeResponse answer) {
                    answers.add(answer);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    done.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {
                    done.complete(null);
                  }
                });
    requests.onNext(HandshakeRequest.getDefaultInstance());
    requests.onCompleted();
    done.join();
    assertThat(answers).isEmpty();
    assertThat(headers.get().get(FlightCall.AUTHORIZATION)).startsWith("Bearer ");
    assertThat(trailers.get().get(FlightCall.AUTHORIZATION)).startsWith("Bearer ");
    assertThat(headers.get().keys()).doesNotContain("set-cookie");
    assertThat(trailers.get().keys()).doesNotContain("set-cookie");
  }

  @Test
  void allFactsComeAtOnceAndSayCatalog() {
    List<List<Object>> facts =
        rows(as("admin"), CommandGetSqlInfo.getDefaultInstance(), Schemas.GET_SQL_INFO_SCHEMA);
    assertThat(facts).hasSizeGreaterThan(80);
    assertThat(facts).anySatisfy(fact -> assertThat(fact.toString()).isEqualTo("[531, catalog]"));
  }

  @Test
  void theTreeIsListedLevelByLevelAndNoCatalogIsNull() {
    FlightServiceBlockingStub client = as("admin");
    assertThat(rows(client, CommandGetCatalogs.getDefaultInstance(), Schemas.GET_CATALOGS_SCHEMA))
        .containsExactly(List.of("lake"), List.of("ops"));
    assertThat(
            rows(
                client,
                CommandGetDbSchemas.newBuilder().setDbSchemaFilterPattern("%").build(),
                Schemas.GET_SCHEMAS_SCHEMA))
        .contains(List.of("lake", "tpch"))
        .allSatisfy(row -> assertThat(row).doesNotContainNull());
    assertThat(
            rows(client, CommandGetTableTypes.getDefaultInstance(), Schemas.GET_TABLE_TYPES_SCHEMA))
        .contains(List.of("TABLE"));
    assertThat(
            rows(
                client,
                CommandGetTables.newBuilder()
                    .setDbSchemaFilterPattern("%")
                    .setTableNameFilterPattern("%")
                    .build(),
                Schemas.GET_TABLES_SCHEMA_NO_SCHEMA))
        .contains(List.of("lake", "tpch", "orders", "TABLE"));
    // As Grafana's plugin asks for them.
    assertThat(
            rows(
                client,
                CommandGetTables.newBuilder().addTableTypes("BASE TABLE").build(),
                Schemas.GET_TABLES_SCHEMA_NO_SCHEMA))
        .contains(List.of("lake", "tpch", "orders", "TABLE"));
    // An empty catalog means none, not any.
    assertThat(
            rows(
                client,
                CommandGetTables.newBuilder().setCatalog("").build(),
                Schemas.GET_TABLES_SCHEMA_NO_SCHEMA))
        .isEmpty();
  }

  @Test
  void columnsComeAsASchemaThatReadsBackAndOnlyWhenAskedFor() throws Exception {
    List<List<Object>> tables =
        rows(
            as("admin"),
            CommandGetTables.newBuilder()
                .setTableNameFilterPattern("customer")
                .setIncludeSchema(true)
                .build(),
            Schemas.GET_TABLES_SCHEMA);
    byte[] encoded = (byte[]) tables.get(0).get(4);
    Schema schema =
        MessageSerializer.deserializeSchema(
            new ReadChannel(
                java.nio.channels.Channels.newChannel(new ByteArrayInputStream(encoded))));
    assertThat(schema.getFields())
        .extracting(Field::getName)
        .containsExactly("c_custkey", "c_name", "c_address", "c_acctbal");
    // What SQLDescribeCol takes a column's width from: text has none, or buffers would be as wide.
    assertThat(schema.findField("c_name").getMetadata())
        .containsEntry("ARROW:FLIGHT:SQL:TYPE_NAME", "string")
        .containsEntry("ARROW:FLIGHT:SQL:IS_CASE_SENSITIVE", "1")
        .doesNotContainKey("ARROW:FLIGHT:SQL:PRECISION");
    assertThat(schema.findField("c_custkey").getMetadata())
        .containsEntry("ARROW:FLIGHT:SQL:PRECISION", "19")
        .containsEntry("ARROW:FLIGHT:SQL:IS_CASE_SENSITIVE", "0");
    assertThat(schema.findField("c_acctbal").getMetadata())
        .containsEntry("ARROW:FLIGHT:SQL:PRECISION", "15")
        .containsEntry("ARROW:FLIGHT:SQL:SCALE", "2");
  }

  @Test
  void aResultsColumnsAreDescribedAlikeWhereverTheyAreTold() throws Exception {
    Schema plain =
        new Schema(
            List.of(
                Batches.field("price", new ArrowType.Decimal(15, 2, 128), true),
                Batches.field("name", ArrowType.Utf8.INSTANCE, true),
                Batches.field("n", Batches.BIGINT, false)));
    fixture.statements.query(
        "select price",
        plain,
        List.of(),
        () -> Batches.single(fixture.allocator, plain, root -> root.setRowCount(0)));
    FlightServiceBlockingStub client = as("admin");
    FlightInfo direct = client.getFlightInfo(query("select price"));
    Schema told = schema(direct.getSchema());
    assertThat(told.findField("price").getMetadata())
        .containsEntry("ARROW:FLIGHT:SQL:TYPE_NAME", "decimal(15,2)")
        .containsEntry("ARROW:FLIGHT:SQL:PRECISION", "15")
        .containsEntry("ARROW:FLIGHT:SQL:SCALE", "2");
    assertThat(told.findField("name").getMetadata())
        .containsEntry("ARROW:FLIGHT:SQL:TYPE_NAME", "string")
        .containsEntry("ARROW:FLIGHT:SQL:IS_CASE_SENSITIVE", "1")
        .doesNotContainKeys("ARROW:FLIGHT:SQL:PRECISION", "ARROW:FLIGHT:SQL:SCALE");
    assertThat(told.findField("n").getMetadata())
        .containsEntry("ARROW:FLIGHT:SQL:TYPE_NAME", "bigint")
        .containsEntry("ARROW:FLIGHT:SQL:PRECISION", "19");
    ActionCreatePreparedStatementResult prepared = prepared(client, "select price");
    FlightInfo ofPrepared =
        client.getFlightInfo(preparedQuery(prepared.getPreparedStatementHandle()));
    PollInfo poll = client.pollFlightInfo(query("select price"));
    assertThat(
            List.of(
                prepared.getDatasetSchema(),
                ofPrepared.getSchema(),
                poll.getInfo().getSchema(),
                client.getSchema(query("select price")).getSchema(),
                client.getSchema(preparedQuery(prepared.getPreparedStatementHandle())).getSchema()))
        .containsOnly(direct.getSchema());
    ByteString header = ArrowEncoder.schema(told).header();
    for (FlightInfo info : List.of(direct, ofPrepared, poll.getInfo())) {
      assertThat(fetch(client, ticket(info)).get(0).getDataHeader()).isEqualTo(header);
    }
  }

  private static Schema schema(ByteString encapsulated) throws IOException {
    return MessageSerializer.deserializeSchema(
        new ReadChannel(java.nio.channels.Channels.newChannel(encapsulated.newInput())));
  }

  @Test
  void theTemplatesSayHowLongTextIs() throws IOException {
    Path templates = Path.of(System.getProperty("sluice.root"), "drivers/odbc");
    assertThat(Files.readString(templates.resolve("odbc.ini")).split("\n\\["))
        .filteredOn(section -> section.contains("host"))
        .hasSize(2)
        .allSatisfy(source -> assertThat(source).containsPattern("stringColumnLength +="));
    assertThat(Files.readString(templates.resolve("sluice.reg")))
        .contains("\"stringColumnLength\"=\"4000\"");
  }

  @Test
  void typesAreListedInOrder() {
    List<List<Object>> types =
        rows(
            as("admin"), CommandGetXdbcTypeInfo.getDefaultInstance(), Schemas.GET_TYPE_INFO_SCHEMA);
    assertThat(types)
        .extracting(row -> (Integer) row.get(1))
        .isSortedAccordingTo(Integer::compare)
        .contains(-5, 3, 12, 91, 93);
  }

  @Test
  void aStatementRunsDirectlyAndPrepared() {
    FlightServiceBlockingStub client = as("admin");
    FlightInfo info = client.getFlightInfo(query("select n"));
    assertThat(rows(fetch(client, ticket(info)))).hasSize(6);
    ByteString prepared = prepare(client, "select n");
    for (int execution = 0; execution < 3; execution++) {
      FlightInfo again = client.getFlightInfo(preparedQuery(prepared));
      assertThat(rows(fetch(client, ticket(again)))).hasSize(6);
    }
  }

  @Test
  void aCommandArrivesAsAQueryAndRunsOnceWhenItIsFetched() {
    fixture.statements.update(
        "insert into t",
        List.of(),
        () -> new DemandPublisher<>(List.<ResultMessage>of().iterator()));
    FlightServiceBlockingStub client = as("admin");
    int before = fixture.statements.submitted.size();
    FlightInfo info = client.getFlightInfo(query("insert into t"));
    assertThat(fixture.statements.submitted).hasSize(before);
    assertThat(fetch(client, ticket(info))).hasSize(1);
    assertThat(fixture.statements.submitted).hasSize(before + 1);
    assertUnknownHandle(() -> fetch(client, ticket(info)));
    assertThat(fixture.statements.submitted).hasSize(before + 1);
  }
}
