package io.sluice.gateway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightProducer;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.auth2.BasicCallHeaderAuthenticator;
import org.apache.arrow.flight.auth2.CallHeaderAuthenticator;
import org.apache.arrow.flight.auth2.GeneratedBearerTokenAuthenticator;
import org.apache.arrow.flight.sql.NoOpFlightSqlProducer;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** A Flight SQL server on a free port that answers a few statements, each in its own way. */
final class FakeFlightSqlServer implements AutoCloseable {

  /** Fills batches; returns how many rows the root now holds, 0 at the end. */
  interface Batches {
    int fill(VectorSchemaRoot root, int batch);
  }

  record Answer(Schema schema, Batches batches) {}

  final CountDownLatch firstBatchSent = new CountDownLatch(1);
  final CountDownLatch streamCanceled = new CountDownLatch(1);

  private final BufferAllocator allocator = new RootAllocator();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final FlightServer server;

  FakeFlightSqlServer() throws Exception {
    server =
        FlightServer.builder(allocator, Location.forGrpcInsecure("127.0.0.1", 0), new Producer())
            .headerAuthenticator(
                new GeneratedBearerTokenAuthenticator(
                    new BasicCallHeaderAuthenticator(FakeFlightSqlServer::check)))
            .build()
            .start();
  }

  String url() {
    return "grpc://127.0.0.1:" + server.getPort();
  }

  void answer(String statement, Schema schema, Batches batches) {
    answers.put(statement, new Answer(schema, batches));
  }

  private static CallHeaderAuthenticator.AuthResult check(String user, String password) {
    if (!user.equals(password)) {
      throw CallStatus.UNAUTHENTICATED
          .withDescription("[UNAUTHENTICATED] Wrong user or password. (SQLSTATE 28000)")
          .toRuntimeException();
    }
    return () -> user;
  }

  @Override
  public void close() throws Exception {
    server.close();
    server.awaitTermination();
  }

  private final class Producer extends NoOpFlightSqlProducer {

    @Override
    public FlightInfo getFlightInfoStatement(
        FlightSql.CommandStatementQuery command,
        FlightProducer.CallContext context,
        FlightDescriptor descriptor) {
      Answer answer = answers.get(command.getQuery());
      if (answer == null) {
        throw CallStatus.INVALID_ARGUMENT
            .withDescription("[PARSE_SYNTAX_ERROR] No such thing.\u001b[31m (SQLSTATE 42601)")
            .toRuntimeException();
      }
      byte[] ticket =
          Any.pack(
                  FlightSql.TicketStatementQuery.newBuilder()
                      .setStatementHandle(ByteString.copyFrom(command.getQuery(), UTF_8))
                      .build())
              .toByteArray();
      return new FlightInfo(
          answer.schema(), descriptor, List.of(new FlightEndpoint(new Ticket(ticket))), -1, -1);
    }

    @Override
    public void getStreamStatement(
        FlightSql.TicketStatementQuery ticket,
        FlightProducer.CallContext context,
        FlightProducer.ServerStreamListener listener) {
      Answer answer = answers.get(ticket.getStatementHandle().toStringUtf8());
      if (answer == null) {
        listener.error(CallStatus.NOT_FOUND.toRuntimeException());
        return;
      }
      listener.setOnCancelHandler(streamCanceled::countDown);
      try (VectorSchemaRoot root = VectorSchemaRoot.create(answer.schema(), allocator)) {
        listener.start(root);
        for (int batch = 0; !listener.isCancelled(); batch++) {
          root.allocateNew();
          int rows = answer.batches().fill(root, batch);
          if (rows == 0) {
            listener.completed();
            return;
          }
          root.setRowCount(rows);
          listener.putNext();
          firstBatchSent.countDown();
        }
      }
    }
  }
}
