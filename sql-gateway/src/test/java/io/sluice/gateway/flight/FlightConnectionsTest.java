package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.impl.Flight.Empty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many connections there may be, and for how long without a login. */
class FlightConnectionsTest {

  private static final Duration LONG = Duration.ofMinutes(5);
  private static final String PASSWORD = FlightCalls.basic("admin", "admin");

  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<Socket> sockets = new ArrayList<>();
  private DoorFixture door = new DoorFixture();

  @AfterEach
  void close() throws IOException {
    channels.forEach(ManagedChannel::shutdownNow);
    for (Socket socket : sockets) {
      socket.close();
    }
    door.close();
  }

  @Test
  void oneAddressDoesNotTakeThePlacesOfTheOthers() throws Exception {
    limits(100, 3, LONG);
    for (int each = 0; each < 3; each++) {
      socket("127.0.0.1");
    }
    open(3);
    assertHungUp(socket("127.0.0.1"));
    socket("127.0.0.2");
    open(4);
    sockets.get(0).close();
    open(3);
    socket("127.0.0.1");
    open(4);
  }

  @Test
  void whoHasLoggedInIsNoNewcomer() throws Exception {
    limits(100, 1, LONG);
    ManagedChannel first = client();
    assertThat(logsIn(first, PASSWORD)).isTrue();
    ManagedChannel second = client();
    try (OwnChannel session = new OwnChannel(door)) {
      assertThat(session.as("admin").listActions(Empty.getDefaultInstance())).hasNext();
      assertThat(logsIn(second, PASSWORD)).isTrue();
      socket("127.0.0.1");
      open(4);
      assertHungUp(socket("127.0.0.1"));
    }
    assertThat(logsIn(first, PASSWORD)).as("whoever had logged in stays").isTrue();
  }

  @Test
  void aWrongPasswordLeavesANewcomer() throws Exception {
    limits(100, 1, LONG);
    assertThat(logsIn(client(), FlightCalls.basic("admin", "wrong"))).isFalse();
    open(1);
    assertHungUp(socket("127.0.0.1"));
  }

  @Test
  void allTogetherAreSoMany() throws Exception {
    limits(3, 100, LONG);
    assertThat(logsIn(client(), PASSWORD)).isTrue();
    socket("127.0.0.1");
    socket("127.0.0.2");
    open(3);
    assertHungUp(socket("127.0.0.3"));
    sockets.get(0).close();
    open(2);
    assertThat(logsIn(client(), PASSWORD)).isTrue();
  }

  @Test
  void whoDoesNotLogInInTimeIsHungUpOn() throws Exception {
    limits(100, 100, Duration.ofSeconds(2));
    ManagedChannel known = client();
    assertThat(logsIn(known, PASSWORD)).isTrue();
    ManagedChannel stranger = client();
    assertThat(logsIn(stranger, "Bearer forged")).isFalse();
    assertHungUp(socket("127.0.0.1"));
    // The time of those that came before has passed too.
    open(1);
    assertThat(door.sessions.open()).as("what its password opened").hasSize(1);
    assertThat(logsIn(known, PASSWORD)).isTrue();
    assertThat(door.sessions.open()).as("on the same connection").hasSize(1);
  }

  private void limits(int most, int mostNewcomers, Duration login) {
    door.close();
    door = new DoorFixture(new ConnectionLimits(most, mostNewcomers, login));
  }

  private void open(int connections) {
    await().until(door.door()::connections, now -> now == connections);
  }

  private ManagedChannel client() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", door.port()).usePlaintext().build();
    channels.add(channel);
    return channel;
  }

  /** Connects from an address, and says nothing. */
  private Socket socket(String from) throws IOException {
    Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), door.port(), InetAddress.getByName(from), 0);
    sockets.add(socket);
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** The server's settings may come before the end. */
  private static void assertHungUp(Socket socket) throws IOException {
    try {
      socket.getInputStream().readAllBytes();
    } catch (SocketTimeoutException open) {
      throw new AssertionError("it was not hung up on", open);
    } catch (SocketException reset) {
      assertThat(reset).hasMessageContaining("reset");
    }
  }

  /** Asks for the actions, which takes a login and nothing else. */
  private static boolean logsIn(ManagedChannel channel, String credentials) {
    try {
      FlightCalls.authorized(channel, credentials)
          .listActions(Empty.getDefaultInstance())
          .forEachRemaining(action -> {});
      return true;
    } catch (StatusRuntimeException refused) {
      return false;
    }
  }
}
