package io.sluice.gateway.hive;

import static io.sluice.gateway.hive.HiveCalls.V10;
import static io.sluice.gateway.hive.HiveCalls.execute;
import static io.sluice.gateway.hive.HiveCalls.info;
import static io.sluice.gateway.hive.HiveCalls.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.sluice.gateway.session.Session;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hive.service.rpc.thrift.TCLIService;
import org.apache.hive.service.rpc.thrift.TGetInfoType;
import org.apache.hive.service.rpc.thrift.TOpenSessionReq;
import org.apache.hive.service.rpc.thrift.TOpenSessionResp;
import org.apache.hive.service.rpc.thrift.TSessionHandle;
import org.apache.hive.service.rpc.thrift.TStatusCode;
import org.apache.thrift.TException;
import org.apache.thrift.transport.TTransportException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Logins, frames and connections, by Thrift's own client and by hand. */
class HiveTransportTest {

  private HiveDoorFixture fixture = new HiveDoorFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void withoutSaslUserAndPasswordComeWithTheSession() throws TException {
    TCLIService.Client client = fixture.plain();
    TOpenSessionReq request = new TOpenSessionReq(V10);
    assertThat(client.OpenSession(request).getStatus().getErrorMessage())
        .startsWith("[UNAUTHENTICATED] Not logged in");
    request.setUsername("admin");
    request.setPassword("wrong");
    assertThat(client.OpenSession(request).getStatus().getSqlState()).isEqualTo("28000");
    request.setPassword("admin");
    TOpenSessionResp opened = client.OpenSession(request);
    assertThat(opened.getStatus().getStatusCode()).isEqualTo(TStatusCode.SUCCESS_STATUS);
    assertThat(fixture.sessions.open().values())
        .singleElement()
        .satisfies(session -> assertThat(session.principal().name()).isEqualTo("admin"));
  }

  @Test
  void aWrongPasswordIsToldAndHungUpOn() {
    assertThatThrownBy(() -> fixture.sasl("admin", "wrong"))
        .isInstanceOf(TTransportException.class)
        .hasMessageContaining("Wrong user or password.");
    await().until(() -> fixture.door().connections() == 0);
  }

  @Test
  void aClientThatVanishesLeavesNothing() throws Exception {
    fixture.statements.endless("select for ever");
    TCLIService.Client client = fixture.sasl("admin", "admin");
    execute(client, session(client), "select for ever");
    assertThat(fixture.door().held()).isEqualTo(2);
    client.getInputProtocol().getTransport().close();
    await().until(() -> fixture.door().held() == 0);
    assertThat(fixture.sessions.open()).isEmpty();
    assertThat(fixture.statements.last().canceled).isCompleted();
  }

  @Test
  void aFrameHeaderOfAGigabyteIsRefusedAtOnce() throws IOException {
    try (Socket socket = fixture.socket()) {
      SaslFrames.login(socket);
      new DataOutputStream(socket.getOutputStream()).writeInt(1 << 30);
      byte[] reply = SaslFrames.read(socket);
      assertThat(new String(reply, StandardCharsets.UTF_8))
          .contains("[STATEMENT_TOO_LARGE]", "more than 1 MiB");
      assertThat(socket.getInputStream().read()).as("hung up").isEqualTo(-1);
    }
  }

  @Test
  void otherProtocolsAreToldWhatThisIs() throws IOException {
    try (Socket socket = fixture.socket()) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(reply).contains("[PROTOCOL_VIOLATION]", "Connect with a HiveServer2 driver");
    }
  }

  @Test
  void garbageHarmsNobodyElse() throws Exception {
    Random random = new Random(4);
    for (int round = 0; round < 200; round++) {
      byte[] garbage = new byte[1 + random.nextInt(200)];
      random.nextBytes(garbage);
      garbage[0] = (byte) (round % 2 == 0 ? 0x80 : 0x01);
      if (round % 4 == 0 && garbage.length > 4) {
        garbage[1] = 0x01;
        garbage[2] = 0x00;
        garbage[3] = 0x01;
      }
      try (Socket socket = fixture.socket()) {
        socket.getOutputStream().write(garbage);
      } catch (IOException hungUp) {
        // It may be refused before all of it is sent.
      }
    }
    await().until(() -> fixture.door().connections() == 0);
    assertThat(session(fixture.sasl("admin", "admin"))).isNotNull();
  }

  @Test
  void slowClientsAreHungUpOn() throws Exception {
    fixture.close();
    fixture =
        new HiveDoorFixture(
            new ConnectionLimits(
                1 << 20, Duration.ofMillis(300), Duration.ofMillis(300), Duration.ofSeconds(20)));
    try (Socket silent = fixture.socket();
        Socket half = fixture.socket()) {
      half.getOutputStream().write(new byte[] {1, 0, 0});
      assertThat(silent.getInputStream().read()).as("no login").isEqualTo(-1);
      assertThat(half.getInputStream().read()).as("half a login").isEqualTo(-1);
    }
    try (Socket begun = fixture.socket()) {
      SaslFrames.login(begun);
      begun.getOutputStream().write(new byte[] {0, 0});
      assertThat(begun.getInputStream().read()).as("half a frame").isEqualTo(-1);
    }
    TCLIService.Client idle = fixture.sasl("admin", "admin");
    TSessionHandle session = session(idle);
    await().pollDelay(Duration.ofMillis(700)).until(() -> fixture.door().connections() == 1);
    assertThat(info(idle, session, TGetInfoType.CLI_DBMS_NAME))
        .as("an idle session stays")
        .isEqualTo("Spark SQL");
  }

  @Test
  void aPeerThatSendsAheadOfItsAnswersIsNotReadOn() throws Exception {
    fixture.answersNothing();
    ByteBuffer calls = ByteBuffer.wrap(unknownCalls(20_000));
    try (SocketChannel flood = SocketChannel.open()) {
      flood.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
      flood.setOption(StandardSocketOptions.SO_SNDBUF, 4096);
      flood.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), fixture.door().port()));
      flood.configureBlocking(false);
      AtomicLong sent = new AtomicLong();
      AtomicLong before = new AtomicLong(-1);
      await()
          .atMost(Duration.ofSeconds(15))
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                before.set(sent.get());
                int wrote = 1;
                while (wrote > 0 && sent.get() < 512L << 20) {
                  if (!calls.hasRemaining()) {
                    calls.rewind();
                  }
                  wrote = flood.write(calls);
                  sent.addAndGet(wrote);
                }
                return before.get() == sent.get();
              });
      assertThat(sent.get()).isLessThan(64L << 20);
    }
  }

  private static byte[] unknownCalls(int count) {
    ByteArrayOutputStream calls = new ByteArrayOutputStream();
    byte[] call = {(byte) 0x80, 1, 0, 1, 0, 0, 0, 1, 'x', 0, 0, 0, 1, 0};
    for (int index = 0; index < count; index++) {
      calls.writeBytes(call);
    }
    return calls.toByteArray();
  }

  @Test
  void callsWithoutASessionDoNotEndTheTimeForTheLogin() throws Exception {
    fixture.close();
    fixture =
        new HiveDoorFixture(
            new ConnectionLimits(
                1 << 20, Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofSeconds(60)));
    TCLIService.Client known = fixture.plain();
    TOpenSessionReq request = new TOpenSessionReq(V10);
    request.setUsername("admin");
    request.setPassword("admin");
    TSessionHandle session = known.OpenSession(request).getSessionHandle();
    try (Socket socket = fixture.socket()) {
      socket.getOutputStream().write(unknownCalls(1));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .as("answered, and hung up after the time for the login")
          .contains("The call [x] is not served");
    }
    assertThat(info(known, session, TGetInfoType.CLI_DBMS_NAME))
        .as("whoever has opened a session stays")
        .isEqualTo("Spark SQL");
  }

  @Test
  void beforeASessionMessagesAreShort() throws Exception {
    try (Socket socket = fixture.socket()) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.write(unknownCalls(1), 0, 13);
      out.writeByte(11);
      out.writeShort(1);
      out.writeInt(1 << 17);
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("[STATEMENT_TOO_LARGE]", "more than 64 KiB");
    }
  }

  @Test
  void framesCutMessagesWhereverTheyLike() throws Exception {
    byte[] call = unknownCalls(1);
    try (Socket socket = fixture.socket()) {
      SaslFrames.login(socket);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      for (int[] part : new int[][] {{0, 3}, {3, 9}, {9, call.length}}) {
        out.writeInt(part[1] - part[0]);
        out.write(call, part[0], part[1] - part[0]);
        out.flush();
      }
      assertThat(text(SaslFrames.read(socket)))
          .as("in three frames")
          .contains("call [x] is not served");
      out.writeInt(2 * call.length + 5);
      out.write(unknownCalls(2));
      out.write(call, 0, 5);
      assertThat(text(SaslFrames.read(socket))).as("two in one").contains("call [x] is not served");
      assertThat(text(SaslFrames.read(socket))).as("two in one").contains("call [x] is not served");
      out.writeInt(call.length - 5);
      out.write(call, 5, call.length - 5);
      assertThat(text(SaslFrames.read(socket)))
          .as("begun in that one")
          .contains("call [x] is not served");
    }
    await().until(() -> fixture.door().connections() == 0);
    assertThat(fixture.bodies.held()).isZero();
  }

  /** 200 connections of one user, each with the first half of a message of 8 MiB. */
  @Test
  void unfinishedMessagesHaveABudget() throws Exception {
    fixture.close();
    fixture =
        new HiveDoorFixture(
            new ConnectionLimits(
                8 << 20, Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(60)));
    long before = nettyBytes();
    byte[] half = new byte[4 << 20];
    System.arraycopy(unknownCalls(1), 0, half, 0, 13);
    half[13] = 11;
    half[15] = 1;
    ByteBuffer.wrap(half).putInt(16, half.length);
    List<Socket> sockets = new ArrayList<>();
    int refused = 0;
    try {
      for (int i = 0; i < 200; i++) {
        Socket socket = fixture.socket();
        sockets.add(socket);
        SaslFrames.login(socket);
        try {
          DataOutputStream out = new DataOutputStream(socket.getOutputStream());
          out.writeInt(8 << 20);
          out.write(half);
        } catch (IOException hungUp) {
          refused++;
        }
      }
      assertThat(fixture.bodies.held()).isLessThanOrEqualTo(32L << 20);
      assertThat(refused).isGreaterThan(150);
      assertThat(nettyBytes() - before).as("bytes of Netty's").isLessThan(96L << 20);
      TCLIService.Client same = fixture.sasl("admin", "admin");
      assertThat(info(same, session(same), TGetInfoType.CLI_DBMS_NAME))
          .as("short calls are answered nevertheless")
          .isEqualTo("Spark SQL");
      try (Socket told = fixture.socket()) {
        SaslFrames.login(told);
        new DataOutputStream(told.getOutputStream()).writeInt(8 << 20);
        assertThat(text(SaslFrames.read(told))).contains("[QUEUE_FULL]", "[admin]");
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    await().untilAsserted(() -> assertThat(fixture.bodies.held()).isZero());
  }

  @Test
  void aMessageThatNothingCanAnswerIsHungUpOn() throws Exception {
    try (Socket socket = fixture.socket()) {
      SaslFrames.login(socket);
      fixture.refusesWork();
      SaslFrames.write(socket, unknownCalls(1_000));
      try {
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      } catch (SocketException reset) {
        assertThat(reset).as("what was not read is lost").hasMessageContaining("reset");
      }
    }
    await().untilAsserted(() -> assertThat(fixture.bodies.held()).isZero());
  }

  private static long nettyBytes() {
    ByteBufAllocatorMetric held =
        ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
    return held.usedHeapMemory() + held.usedDirectMemory();
  }

  @Test
  void strangersOfOneAddressHoldLittle() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        sockets.add(halfACall(58 << 10));
      }
      Socket refused = halfACall(0);
      sockets.add(refused);
      refused.setSoTimeout(20);
      int first = -1;
      for (int sent = 0; first < 0 && sent < 58; sent++) {
        refused.getOutputStream().write(new byte[1 << 10]);
        try {
          first = refused.getInputStream().read();
        } catch (SocketTimeoutException taken) {
          // The next one may be too much.
        }
      }
      assertThat(first).isPositive();
      assertThat(text(refused.getInputStream().readAllBytes())).contains("[QUEUE_FULL]");
      assertThat(session(fixture.sasl("admin", "admin"))).as("a login is short").isNotNull();
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  /** Begins a call of about 60 KiB without a login. */
  private Socket halfACall(int bytes) throws IOException {
    Socket socket = fixture.socket();
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    out.write(unknownCalls(1), 0, 13);
    out.writeByte(11);
    out.writeShort(1);
    out.writeInt(60 << 10);
    out.write(new byte[bytes]);
    return socket;
  }

  @Test
  void oneAddressDoesNotTakeThePlacesOfTheOthers() throws Exception {
    List<Socket> silent = new ArrayList<>();
    TCLIService.Client known = fixture.sasl("admin", "admin");
    try {
      for (int i = 0; i < 512; i++) {
        silent.add(fixture.socket());
      }
      await().until(() -> fixture.door().connections() == 513);
      try (Socket another = fixture.socket()) {
        assertThat(another.getInputStream().read()).as("hung up").isEqualTo(-1);
      }
      try (Socket other =
          new Socket(
              InetAddress.getLoopbackAddress(),
              fixture.door().port(),
              InetAddress.getByName("127.0.0.2"),
              0)) {
        other.setSoTimeout(20_000);
        SaslFrames.login(other);
      }
      assertThat(session(known)).as("whoever had logged in stays").isNotNull();
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
    await().until(() -> fixture.door().connections() == 1);
    assertThat(session(fixture.sasl("admin", "admin"))).isNotNull();
  }

  @Test
  void theFirstSessionOfAConnectionLivesWithIt() throws TException {
    TCLIService.Client client = fixture.sasl("admin", "admin");
    session(client);
    assertThat(fixture.sessions.open().values()).allMatch(Session::isTiedToConnection);
    session(client);
    assertThat(fixture.sessions.open().values())
        .filteredOn(Session::isTiedToConnection)
        .as("a connection brings one place")
        .hasSize(1);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void listensOnLoopbackAlone() {
    assertThatThrownBy(
            () ->
                new HiveDoor(
                    HiveDoorSettings.at(new InetSocketAddress("0.0.0.0", 0), "4.1.2"),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("without TLS");
  }
}
