package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.Policy.allow;
import static io.sluice.gateway.endtoend.Policy.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is fetched after the privileges on its tables were taken away. */
class RevokedFetchTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static final String ANALYST = users("analyst");
  private static final String SQL = "select l_orderkey, l_comment from lineitem";
  private static final int ROWS = 60_175;
  private static final int FETCH = 1_000;

  /** One of each way to take a result page by page, or as a stream. */
  private static final List<Door> DOORS =
      List.of(Door.FLIGHT, Door.HIVE_4, Door.HIVE_4_HTTP, Door.AVATICA_PROTOBUF);

  private ChangedPolicies policies;

  @BeforeEach
  void start() {
    policies = ChangedPolicies.in(GATEWAY).apply(allow("tpch.lineitem.*", ANALYST));
  }

  @AfterEach
  void putBack() {
    policies.close();
  }

  @Test
  void aRunIsJudgedOnceAndTheNextAnew() throws Exception {
    List<Reader> readers = new ArrayList<>();
    try {
      for (Door door : DOORS) {
        readers.add(new Reader(door));
      }
      policies.apply();
      for (Reader reader : readers) {
        assertThat(reader.rest()).as("%s", reader.door).isEqualTo(ROWS - 1);
        assertThatThrownBy(reader::again)
            .as("%s", reader.door)
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("Permission denied: user [analyst]");
      }
    } finally {
      for (Reader reader : readers) {
        reader.close();
      }
    }
  }

  @Test
  void aTicketIsJudgedWhenItIsFetched() throws Exception {
    try (FlightSqlSession session = new FlightSqlSession(GATEWAY.grpcPort(), "analyst")) {
      FlightInfo info = session.client.execute(SQL, session.token);
      policies.apply();
      assertThatThrownBy(
              () -> {
                try (FlightStream stream =
                    session.client.getStream(
                        info.getEndpoints().get(0).getTicket(), session.token)) {
                  stream.next();
                }
              })
          .hasMessageContaining("Permission denied: user [analyst]");
    }
  }

  @Test
  void whatIsKeptIsJudgedEachTime() throws Exception {
    RestClient rest = new RestClient(GATEWAY.httpPort(), "analyst");
    JsonNode answer =
        rest.execute(
            RestClient.statement(SQL).put("disposition", "EXTERNAL_LINKS").put("format", "CSV"));
    assertThat(RestClient.state(answer)).as(answer.toString()).isEqualTo("SUCCEEDED");
    String link =
        answer.path("result").path("external_links").get(0).path("external_link").asText();
    assertThat(rest.fetch(link).statusCode()).isEqualTo(200);
    policies.apply();
    assertThat(rest.fetch(link).statusCode()).isEqualTo(403);
    assertThat(rest.send("GET", RestClient.path(answer), "", true).statusCode()).isEqualTo(403);
    assertThat(
            rest.send("GET", RestClient.path(answer) + "/result/chunks/0", "", true).statusCode())
        .isEqualTo(403);
  }

  /** One door's client with the first row of a result. */
  private static final class Reader {
    private final Door door;
    private final Connection connection;
    private final Statement statement;
    private final ResultSet rows;

    Reader(Door door) throws SQLException {
      this.door = door;
      connection = ((JdbcDoorClient) door.open(GATEWAY, "analyst")).connection();
      statement = connection.createStatement();
      statement.setFetchSize(FETCH);
      rows = statement.executeQuery(SQL);
      assertThat(rows.next()).isTrue();
    }

    int rest() throws SQLException {
      int count = 0;
      while (rows.next()) {
        count++;
      }
      return count;
    }

    void again() throws SQLException {
      try (Statement next = connection.createStatement();
          ResultSet refused = next.executeQuery(SQL)) {
        refused.next();
      }
    }

    void close() throws SQLException {
      statement.close();
      connection.close();
    }
  }
}
