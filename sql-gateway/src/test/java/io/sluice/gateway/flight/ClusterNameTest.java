package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.session.Session;
import io.sluice.model.Principal;
import io.sluice.planner.SessionSettings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;

/** Where Flight's clients say which cluster they want. */
class ClusterNameTest {

  @Test
  void aUrlOfJdbcNamesTheCluster() throws Exception {
    try (DoorFixture door = new DoorFixture();
        Connection connection =
            DriverManager.getConnection(door.url("&user=analyst&password=analyst&cluster=loads"))) {
      assertThat(connection.isClosed()).isFalse();
      assertThat(clusters(door)).containsExactly("loads");
    }
  }

  /** As calls with a password come over one connection of a proxy. */
  @Test
  void aLoginForAnotherClusterIsAnotherSession() throws Exception {
    try (DoorFixture door = new DoorFixture();
        RootAllocator allocator = new RootAllocator();
        FlightSqlClient client =
            new FlightSqlClient(
                FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", door.port()))
                    .build())) {
      for (String cluster : List.of("bi", "loads", "bi")) {
        client.getCatalogs(with(cluster));
      }
      assertThat(clusters(door)).containsExactlyInAnyOrder("bi", "loads");
    }
  }

  @Test
  void aTokensCallsNameNoOtherCluster() throws Exception {
    try (DoorFixture door = new DoorFixture();
        RootAllocator allocator = new RootAllocator();
        FlightSqlClient client =
            new FlightSqlClient(
                FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", door.port()))
                    .build())) {
      Principal admin = new Principal("admin", Set.of());
      Session named = door.sessions.open(admin, "", Optional.of("bi"));
      Session unnamed = door.sessions.open(admin, "");
      String token = "Bearer " + door.tokens.issue(named.id(), "admin");
      client.getCatalogs(with(token, "bi"));
      assertThatThrownBy(() -> client.getCatalogs(with(token, "loads")))
          .hasMessageContaining("[PROTOCOL_VIOLATION]")
          .hasMessageContaining("named at log-in, or by SET sluice.cluster");
      // A driver repeats what it said at log-in, whatever was SET since.
      named.configure(values -> values.put(SessionSettings.CLUSTER, "loads"));
      client.getCatalogs(with(token, "bi"));
      client.getCatalogs(with(token, "loads"));
      String other = "Bearer " + door.tokens.issue(unnamed.id(), "admin");
      assertThatThrownBy(() -> client.getCatalogs(with(other, "bi")))
          .hasMessageContaining("[PROTOCOL_VIOLATION]");
    }
  }

  private static List<String> clusters(DoorFixture door) {
    return door.sessions.open().values().stream()
        .map(session -> session.configuration().get(SessionSettings.CLUSTER))
        .toList();
  }

  private static HeaderCallOption with(String cluster) {
    return with("Basic " + Base64.getEncoder().encodeToString("admin:admin".getBytes()), cluster);
  }

  private static HeaderCallOption with(String authorization, String cluster) {
    CallHeaders headers = new FlightCallHeaders();
    headers.insert("authorization", authorization);
    headers.insert("cluster", cluster);
    return new HeaderCallOption(headers);
  }
}
