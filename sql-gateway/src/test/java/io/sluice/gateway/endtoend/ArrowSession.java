package io.sluice.gateway.endtoend;

import io.sluice.testkit.SparkResult;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/** A user's session with the gateway through Flight SQL, for whole results as Arrow has them. */
public final class ArrowSession implements AutoCloseable {

  private final BufferAllocator allocator = new RootAllocator();
  private final FlightClient client;
  private final FlightSqlClient sql;
  private final CallOption[] credentials;

  private ArrowSession(GatewayFixture gateway, String user) {
    client =
        FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", gateway.grpcPort()))
            .build();
    sql = new FlightSqlClient(client);
    credentials = client.authenticateBasicToken(user, user).stream().toArray(CallOption[]::new);
  }

  /** Logs one of the demonstration's users in. */
  public static ArrowSession open(GatewayFixture gateway, String user) {
    return new ArrowSession(gateway, user);
  }

  /** Runs any statement to its end. */
  public Answer run(String statement) {
    try {
      FlightInfo info = sql.execute(statement, credentials);
      Schema schema = new Schema(List.of());
      List<List<?>> rows = new ArrayList<>();
      for (FlightEndpoint endpoint : info.getEndpoints()) {
        try (FlightStream stream = sql.getStream(endpoint.getTicket(), credentials)) {
          schema = stream.getSchema();
          while (stream.next()) {
            rows.addAll(SparkResult.rows(stream.getRoot()));
          }
        }
      }
      return Answer.of(schema, rows);
    } catch (FlightRuntimeException e) {
      return Answer.error(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.closeSession(new CloseSessionRequest(), credentials);
    try {
      client.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    allocator.close();
  }
}
