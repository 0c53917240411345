package io.sluice.bench.client;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A running demo, as its {@code run.json} describes it.
 *
 * @param gatewayPid process id of the gateway
 * @param sparkPids process ids of the Spark servers
 * @param grpcPort port of the gRPC door on loopback
 * @param sparkEndpoints where the Spark servers answer
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Running(
    long gatewayPid, List<Long> sparkPids, int grpcPort, List<SparkEndpoint> sparkEndpoints) {

  public Running {
    sparkPids = sparkPids == null ? List.of() : List.copyOf(sparkPids);
    sparkEndpoints = sparkEndpoints == null ? List.of() : List.copyOf(sparkEndpoints);
  }

  /**
   * A Spark Connect server.
   *
   * @param host host name or address
   * @param port gRPC port
   * @param tokenFile file that holds the pre-shared token, null when there is none
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record SparkEndpoint(String host, int port, @Nullable String tokenFile) {}

  /**
   * Reads {@code run.json} of a data directory.
   *
   * @throws IOException with one sentence for the user when no demo runs there
   */
  public static Running in(Path data) throws IOException {
    Path file = data.resolve("run.json");
    if (!Files.isReadable(file)) {
      throw new IOException(
          "No demo runs with its data in " + data + ": there is no run.json. Start ./sluice demo.");
    }
    return new ObjectMapper().readValue(file.toFile(), Running.class);
  }

  /** Opens a session on the first Spark server, in the given catalog and schema. */
  public RawSparkConnect spark(String namespace) throws IOException {
    if (sparkEndpoints.isEmpty()) {
      throw new IOException(
          "The demo had no Spark server when it became ready; start it with --min-replicas 1.");
    }
    SparkEndpoint endpoint = sparkEndpoints.get(0);
    String token =
        endpoint.tokenFile() == null
            ? null
            : Files.readString(Path.of(endpoint.tokenFile())).strip();
    RawSparkConnect spark = new RawSparkConnect(endpoint.host(), endpoint.port(), token);
    var unused = spark.fetch("USE " + namespace);
    return spark;
  }

  /** Opens a Flight SQL session; the demo's users have their name as password. */
  public FlightSqlConnection flight(String user) {
    return flight(user, "sluice-bench");
  }

  /** The same, with a name by which the gateway's journal knows it. */
  public FlightSqlConnection flight(String user, String name) {
    return new FlightSqlConnection("127.0.0.1", grpcPort, user, user, name);
  }

  /** Opens a JDBC connection; the demo's users have their name as password. */
  public JdbcConnection jdbc(String user) throws java.sql.SQLException {
    return new JdbcConnection(JdbcConnection.flightUrl("127.0.0.1", grpcPort, user, user));
  }
}
