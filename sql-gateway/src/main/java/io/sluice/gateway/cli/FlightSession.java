package io.sluice.gateway.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CallOptions;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.SessionOptionValue;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

/** One authenticated Flight SQL session. */
final class FlightSession implements AutoCloseable {

  private static final CallOption CLOSING_LIMIT = CallOptions.timeout(2, TimeUnit.SECONDS);

  private final BufferAllocator allocator;
  private final FlightClient client;
  private final FlightSqlClient sql;

  /** The bearer token; nothing with a server that hands out none. */
  private final CallOption[] credentials;

  private volatile @Nullable FlightStream current;
  private volatile boolean canceled;

  private FlightSession(BufferAllocator allocator, FlightClient client, CallOption[] credentials) {
    this.allocator = allocator;
    this.client = client;
    this.sql = new FlightSqlClient(client);
    this.credentials = credentials;
  }

  static FlightSession connect(
      Endpoint endpoint, @Nullable Path rootCertificates, String user, String password)
      throws ConnectionFailure {
    BufferAllocator allocator = new RootAllocator();
    FlightClient client = client(allocator, endpoint, rootCertificates);
    try {
      CallOption[] credentials =
          client.authenticateBasicToken(user, password).stream().toArray(CallOption[]::new);
      return new FlightSession(allocator, client, credentials);
    } catch (FlightRuntimeException e) {
      closeQuietly(client);
      allocator.close();
      throw new ConnectionFailure(endpoint, e);
    }
  }

  private static FlightClient client(
      BufferAllocator allocator, Endpoint endpoint, @Nullable Path rootCertificates) {
    FlightClient.Builder builder = FlightClient.builder(allocator, endpoint.location());
    if (rootCertificates == null) {
      return builder.build();
    }
    try (InputStream certificates = Files.newInputStream(rootCertificates)) {
      return builder.trustedCertificates(certificates).build();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "The certificates " + rootCertificates + " cannot be read.", e);
    }
  }

  /** Sets the catalog and schema in which names are looked up; null leaves the server's own. */
  void use(@Nullable String catalog, @Nullable String schema) throws StatementFailure {
    Map<String, SessionOptionValue> options = new HashMap<>();
    if (catalog != null) {
      options.put("catalog", SessionOptionValueFactory.makeSessionOptionValue(catalog));
    }
    if (schema != null) {
      options.put("schema", SessionOptionValueFactory.makeSessionOptionValue(schema));
    }
    if (options.isEmpty()) {
      return;
    }
    try {
      SetSessionOptionsResult result =
          client.setSessionOptions(new SetSessionOptionsRequest(options), credentials);
      if (result.hasErrors()) {
        throw new StatementFailure(
            "The server does not accept " + String.join(" and ", result.getErrors().keySet()) + ".",
            null);
      }
    } catch (FlightRuntimeException e) {
      throw new StatementFailure(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Runs a statement and gives its rows to the sink as they come, a batch in memory at a time.
   *
   * @return the number of rows, or -1 when the statement gives none by nature
   * @throws IOException when the sink cannot write
   */
  long run(String statement, RowSink sink) throws StatementFailure, IOException {
    long rows = 0;
    boolean started = false;
    boolean columns = false;
    try {
      FlightInfo info = sql.execute(statement, credentials);
      for (FlightEndpoint part : info.getEndpoints()) {
        try (FlightStream stream = sql.getStream(part.getTicket(), credentials)) {
          current = stream;
          if (canceled) {
            stream.cancel("Canceled by the user.", null);
          }
          if (!started) {
            sink.start(stream.getRoot());
            started = true;
            columns = !stream.getRoot().getFieldVectors().isEmpty();
          }
          try {
            while (stream.next()) {
              rows += stream.getRoot().getRowCount();
              sink.batch(stream.getRoot());
            }
          } catch (IOException e) {
            stream.cancel("The client's output is closed.", e);
            throw e;
          }
        } finally {
          current = null;
        }
      }
    } catch (FlightRuntimeException e) {
      throw new StatementFailure(canceled ? "Canceled." : String.valueOf(e.getMessage()), e);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new StatementFailure("The result could not be read: " + e.getMessage(), e);
    }
    sink.end();
    return columns ? rows : -1;
  }

  /** Ends the running statement; may be called by another thread at any time. */
  void cancel() {
    canceled = true;
    FlightStream stream = current;
    if (stream != null) {
      stream.cancel("Canceled by the user.", null);
    }
  }

  @Override
  public void close() {
    try {
      CallOption[] options = Arrays.copyOf(credentials, credentials.length + 1);
      options[credentials.length] = CLOSING_LIMIT;
      client.closeSession(new CloseSessionRequest(), options);
    } catch (FlightRuntimeException e) {
      // A server without sessions, or one that is gone: there is nothing to give back.
    }
    closeQuietly(client);
    if (!canceled) {
      allocator.close();
    }
  }

  private static void closeQuietly(FlightClient client) {
    try {
      client.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
