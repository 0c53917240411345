package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bad input of every kind gets one clear error, and the gateway lives on. */
class HostileInputTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  @AfterEach
  void theGatewayLivesOn() throws SQLException {
    try (Connection connection = GATEWAY.connect("admin")) {
      assertThat(Rows.query(connection, "select count(*) from region"))
          .containsExactly(List.of("5"));
    }
  }

  @Test
  void aSyntaxErrorNamesItsPlace() throws SQLException {
    assertThat(refusal("select n_name\nfro nation where"))
        .contains("[PARSE_SYNTAX_ERROR]")
        .contains("line 2")
        .contains("SQLSTATE 42601");
  }

  @Test
  void aStatementOfOneMegabyteIsServed() throws SQLException {
    String list = "1, ".repeat(350_000) + "7";
    assertThat(list).hasSizeGreaterThan(1_000_000);
    try (Connection connection = GATEWAY.connect("admin")) {
      assertThat(
              Rows.query(connection, "select n_name from nation where n_nationkey = 3 -- " + list))
          .containsExactly(List.of("CANADA"));
      String wide = "x".repeat(1_000_000);
      assertThat(Rows.query(connection, "select length('" + wide + "')"))
          .containsExactly(List.of("1000000"));
    }
  }

  @Test
  void aStatementOfThreeMegabytesIsRefusedByName() throws SQLException {
    assertThat(refusal("select '" + "x".repeat(3_000_000) + "'")).contains("[STATEMENT_TOO_LARGE]");
  }

  @Test
  void fiveThousandParenthesesAreRefusedByName() throws SQLException {
    assertThat(refusal("select " + "(".repeat(5000) + "1" + ")".repeat(5000)))
        .contains("[STATEMENT_TOO_COMPLEX]");
  }

  @Test
  void aWrongPasswordIsRefusedLikeAnUnknownUser() {
    Throwable wrong = catchThrowable(() -> DriverManager.getConnection(GATEWAY.url("admin", "no")));
    Throwable unknown =
        catchThrowable(() -> DriverManager.getConnection(GATEWAY.url("nobody", "no")));
    assertThat(wrong).isInstanceOf(SQLException.class).hasMessageContaining("UNAUTHENTICATED");
    assertThat(unknown).hasMessage(wrong.getMessage());
  }

  @Test
  void aForgedTokenIsRefused() {
    String url =
        "jdbc:arrow-flight-sql://127.0.0.1:"
            + GATEWAY.grpcPort()
            + "/?useEncryption=false&token=Zm9yZ2Vk";
    assertThatThrownBy(
            () -> {
              try (Connection connection = DriverManager.getConnection(url)) {
                Rows.query(connection, "select 1");
              }
            })
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("UNAUTHENTICATED");
  }

  @Test
  void randomBytesOnThePortsDoNoHarm() throws IOException {
    Random random = new Random(20261122);
    for (int port : new int[] {GATEWAY.grpcPort(), GATEWAY.httpPort(), GATEWAY.thriftPort()}) {
      for (int i = 0; i < 20; i++) {
        byte[] noise = new byte[1 + random.nextInt(100_000)];
        random.nextBytes(noise);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            OutputStream out = socket.getOutputStream()) {
          out.write(noise);
        } catch (SocketException closedByServer) {
          assertThat(closedByServer).isNotNull();
        }
      }
    }
  }

  private static String refusal(String sql) throws SQLException {
    try (Connection connection = GATEWAY.connect("admin")) {
      Throwable refusal = catchThrowable(() -> Rows.query(connection, sql));
      assertThat(refusal).isInstanceOf(SQLException.class);
      // The driver puts the whole statement in front.
      String text = refusal.getMessage().substring(refusal.getMessage().lastIndexOf("\": "));
      assertThat(text.length()).isLessThan(5000);
      assertThat(text).doesNotContain("\tat ");
      return text;
    }
  }
}
