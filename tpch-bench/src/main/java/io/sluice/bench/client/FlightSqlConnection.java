package io.sluice.bench.client;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightClientMiddleware;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Sluice asked by Arrow's own client, which loads each batch and reads no value of it. */
public final class FlightSqlConnection implements QueryClient {

  private final BufferAllocator allocator = new RootAllocator();
  private final FlightClient client;
  private final FlightSqlClient sql;
  private final CallOption[] credentials;

  /**
   * Opens a session of its own.
   *
   * @param name what it calls itself
   */
  public FlightSqlConnection(String host, int port, String user, String password, String name) {
    client =
        FlightClient.builder(allocator, Location.forGrpcInsecure(host, port))
            .intercept(call -> new ClientName(name))
            .build();
    sql = new FlightSqlClient(client);
    credentials = client.authenticateBasicToken(user, password).stream().toArray(CallOption[]::new);
  }

  @Override
  public Fetched fetch(String query) throws Exception {
    long[] counts = new long[3];
    read(
        query,
        root -> {
          counts[0] += root.getRowCount();
          counts[1]++;
          for (FieldVector vector : root.getFieldVectors()) {
            counts[2] += vector.getBufferSize();
          }
        });
    return new Fetched(counts[0], counts[1], counts[2]);
  }

  @Override
  public List<List<String>> rows(String query) throws Exception {
    List<List<String>> rows = new ArrayList<>();
    read(query, root -> ArrowCells.append(root, rows));
    return rows;
  }

  private void read(String query, BatchReader reader) throws Exception {
    for (FlightEndpoint part : sql.execute(query, credentials).getEndpoints()) {
      try (FlightStream stream = sql.getStream(part.getTicket(), credentials)) {
        while (stream.next()) {
          reader.read(stream.getRoot());
        }
      }
    }
  }

  @Override
  public void close() throws Exception {
    client.close();
    allocator.close();
  }

  /** Tells the gateway's journal who this is. */
  private record ClientName(String name) implements FlightClientMiddleware {
    @Override
    public void onBeforeSendingHeaders(CallHeaders headers) {
      headers.insert("sluice-client-name", name);
    }

    @Override
    public void onHeadersReceived(CallHeaders headers) {}

    @Override
    public void onCallCompleted(CallStatus status) {}
  }

  private interface BatchReader {
    void read(VectorSchemaRoot root);
  }
}
