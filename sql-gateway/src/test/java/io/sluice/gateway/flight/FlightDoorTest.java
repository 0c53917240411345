package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.nio.NioEventLoopGroup;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FlightDoorTest {

  @Test
  void plaintextIsForLoopbackAlone() {
    try (DoorFixture fixture = new DoorFixture()) {
      assertThatThrownBy(
              () ->
                  new FlightDoor(
                      FlightDoorSettings.at(
                          new InetSocketAddress("0.0.0.0", 0),
                          "1.2.3",
                          Duration.ofMinutes(5),
                          256L << 20),
                      Optional.empty(),
                      (user, password, address) -> {
                        throw new AssertionError();
                      },
                      fixture.tokens,
                      fixture.signer,
                      fixture.sessions,
                      fixture.statements,
                      fixture.metadata,
                      fixture.answers,
                      Runnable::run,
                      Runnable::run,
                      fixture.timer,
                      new NioEventLoopGroup(1),
                      fixture.allocator,
                      () -> fixture.now))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("loopback");
    }
  }

  @Test
  void closingLetsARunningFetchFinishAndAcceptsNoMore() throws Exception {
    DoorFixture fixture = new DoorFixture();
    fixture.statements.query(
        "select n",
        Batches.NUMBERS,
        List.of(),
        () -> Batches.numbers(fixture.allocator, 200, 5000));
    try (Connection connection = fixture.connect("admin");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select n")) {
      int port = fixture.port();
      assertThat(rows.next()).isTrue();
      CompletableFuture<Void> closed = CompletableFuture.runAsync(fixture.door()::close);
      long count = 1;
      while (rows.next()) {
        count++;
      }
      assertThat(count).isEqualTo(1_000_000);
      closed.join();
      assertThatThrownBy(() -> new Socket("127.0.0.1", port).close())
          .isInstanceOf(ConnectException.class);
    } finally {
      fixture.close();
    }
  }
}
