package io.sluice.gateway.hive;

import static io.sluice.gateway.hive.HiveCalls.V10;
import static io.sluice.gateway.hive.HiveCalls.execute;
import static io.sluice.gateway.hive.HiveCalls.info;
import static io.sluice.gateway.hive.HiveCalls.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.model.SluiceException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.hive.service.rpc.thrift.TCLIService;
import org.apache.hive.service.rpc.thrift.TCloseSessionReq;
import org.apache.hive.service.rpc.thrift.TGetInfoType;
import org.apache.hive.service.rpc.thrift.TGetTablesReq;
import org.apache.hive.service.rpc.thrift.TSessionHandle;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TList;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TMemoryBuffer;
import org.apache.thrift.transport.TMemoryInputTransport;
import org.apache.thrift.transport.TTransportException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every call of TCLIService with something wrong in one place, over both transports. */
class HiveMutationTest {

  private static final long SEED = 20261124;

  /** Those that this server answers by a refusal, whatever they hold. */
  private static final Set<String> REFUSED =
      Set.of(
          "GetDelegationToken",
          "CancelDelegationToken",
          "RenewDelegationToken",
          "UploadData",
          "DownloadData");

  /** A session keeps so many operations, and a user so many lists. */
  private static final int CALLS_OF_ONE_SESSION = 40;

  private static final int TRUNCATIONS = 12;
  private static final int FLIPS = 25;

  private static HiveDoorFixture fixture;
  private static Http http;

  @BeforeAll
  static void open() {
    fixture = new HiveDoorFixture();
    http = new Http();
  }

  @AfterAll
  static void close() {
    http.close();
    fixture.close();
  }

  static List<String> calls() {
    return ValidCalls.names();
  }

  @Test
  void allCallsAreMutated() {
    assertThat(calls()).hasSizeGreaterThanOrEqualTo(22).contains("OpenSession", "GetQueryId");
  }

  @ParameterizedTest
  @MethodSource("calls")
  void aCallThatIsWrongInOnePlaceHasOneClearEndingInFrames(String call) throws Exception {
    try (Frames frames = new Frames()) {
      mutate(call, frames);
    }
  }

  @ParameterizedTest
  @MethodSource("calls")
  void aCallThatIsWrongInOnePlaceHasOneClearEndingOverHttp(String call) throws Exception {
    mutate(call, http);
  }

  @Test
  void aMessageThatIsReadOtherwiseThanItWasCheckedIsRefusedInFrames() throws Exception {
    try (Frames frames = new Frames()) {
      refusesWhatIsReadOtherwise(frames);
    }
  }

  @Test
  void aMessageThatIsReadOtherwiseThanItWasCheckedIsRefusedOverHttp() throws Exception {
    refusesWhatIsReadOtherwise(http);
  }

  private static void refusesWhatIsReadOtherwise(Transport transport) throws Exception {
    byte[] message = nestingWithinAText();
    assertThat(isPart(message)).isFalse();
    for (int each = 0; each < 5; each++) {
      assertThat(ending(transport, message)).isEqualTo(Ending.REFUSAL);
      await().untilAsserted(() -> assertThat(fixture.bodies.held()).isZero());
    }
    assertThat(session(fixture.sasl("admin", "admin"))).as("the door lives on").isNotNull();
  }

  /**
   * Returns a call whose list declares two values of one byte and is read as two texts, so that
   * most of the text behind it is read as structs within structs.
   */
  private static byte[] nestingWithinAText() throws TException {
    int levels = 200_000;
    ByteBuffer text = ByteBuffer.allocate(2815 + 3 + 3 * levels);
    text.position(2815);
    text.put(TType.STRUCT).putShort((short) 99);
    for (int level = 0; level < levels; level++) {
      text.put(TType.STRUCT).putShort((short) 1);
    }
    TMemoryBuffer buffer = new TMemoryBuffer(512);
    TBinaryProtocol protocol = new TBinaryProtocol(buffer);
    protocol.writeMessageBegin(new TMessage("GetTables", TMessageType.CALL, 7));
    protocol.writeFieldBegin(new TField("", TType.STRUCT, (short) 1));
    protocol.writeFieldBegin(
        new TField("", TType.LIST, TGetTablesReq._Fields.TABLE_TYPES.getThriftFieldId()));
    protocol.writeListBegin(new TList(TType.BYTE, 2));
    protocol.writeByte((byte) 0);
    protocol.writeByte((byte) 0);
    protocol.writeFieldBegin(new TField("", TType.STRING, (short) 99));
    protocol.writeBinary(text.rewind());
    protocol.writeFieldStop();
    protocol.writeFieldStop();
    return Arrays.copyOf(buffer.getArray(), buffer.length());
  }

  /** Without SASL, who it is comes with OpenSession. */
  @Test
  void aLoginThatIsWrongInOnePlaceHasOneClearEndingWithoutSasl() throws Exception {
    mutate("OpenSession", new Plain());
  }

  /** Sends bytes, and returns what is answered; empty if the server hung up instead. */
  private interface Transport {
    Optional<TProtocol> answer(byte[] message) throws Exception;
  }

  private void mutate(String call, Transport transport) throws Exception {
    fixture.numbers("select numbers", 100);
    TCLIService.Client good = fixture.sasl("admin", "admin");
    TSessionHandle held = session(good);
    Victim victim = new Victim(good);
    boolean served = !REFUSED.contains(call);
    assertThat(ending(transport, message(call, victim.calls().arguments(call))))
        .as("what is not mutated")
        .isEqualTo(served ? Ending.SUCCESS : Ending.REFUSAL);
    victim.used(call);
    List<WireValue> mutants = victim.calls().arguments(call).mutants();
    assertThat(mutants).hasSizeGreaterThan(20);
    for (int index = 0; index < mutants.size(); index++) {
      ending(transport, message(call, mutants.get(index)));
      if (victim.used(call)) {
        mutants = victim.calls().arguments(call).mutants();
      }
    }
    Random random = new Random(SEED);
    byte[] whole = message(call, victim.calls().arguments(call));
    for (int round = 0; round < TRUNCATIONS; round++) {
      byte[] part = Arrays.copyOf(whole, 1 + random.nextInt(whole.length - 1));
      assertThat(ending(transport, part)).as("a part").isNotEqualTo(Ending.SUCCESS);
    }
    for (int round = 0; round < FLIPS; round++) {
      byte[] flipped = message(call, victim.calls().arguments(call));
      flipped[random.nextInt(flipped.length)] = (byte) random.nextInt();
      ending(transport, flipped);
      victim.used(call);
    }
    assertThat(info(good, held, TGetInfoType.CLI_DBMS_NAME)).isEqualTo("Spark SQL");
    good.getInputProtocol().getTransport().close();
  }

  private enum Ending {
    SUCCESS,
    REFUSAL,
    HUNG_UP
  }

  private static Ending ending(Transport transport, byte[] message) throws Exception {
    Optional<TProtocol> reply = transport.answer(message);
    if (reply.isEmpty()) {
      return Ending.HUNG_UP;
    }
    TProtocol protocol = reply.get();
    TMessage head = protocol.readMessageBegin();
    if (head.type == TMessageType.EXCEPTION) {
      assertClear(TApplicationException.readFrom(protocol).getMessage());
      return Ending.REFUSAL;
    }
    assertThat(head.type).isEqualTo(TMessageType.REPLY);
    WireValue result = WireValue.read(TType.STRUCT, protocol).field(0).orElseThrow();
    WireValue status = result.field(1).orElseThrow();
    if (status.type() == TType.STRING || status.field(1).orElseThrow().number() == 0) {
      return Ending.SUCCESS;
    }
    assertThat(status.field(1).orElseThrow().number())
        .as("an error or invalid handle")
        .isIn(3L, 4L);
    assertThat(status.field(3).orElseThrow().text()).matches("[0-9A-Z]{5}");
    assertClear(status.field(5).orElseThrow().text());
    return Ending.REFUSAL;
  }

  /** Returns whether more of a message would have to come. */
  private static boolean isPart(byte[] message) {
    try {
      return !new MessageScanner(1 << 20).scan(Unpooled.wrappedBuffer(message));
    } catch (SluiceException malformed) {
      return false;
    }
  }

  /** Returns whether a reply has come as far as its end. */
  private static boolean isWhole(TMemoryBuffer reply) throws TException {
    TProtocol protocol = protocol(Arrays.copyOf(reply.getArray(), reply.length()));
    try {
      protocol.readMessageBegin();
      WireValue.read(TType.STRUCT, protocol);
      return true;
    } catch (TTransportException incomplete) {
      return false;
    }
  }

  private static TProtocol protocol(byte[] reply) throws TException {
    return new TBinaryProtocol(new TMemoryInputTransport(reply));
  }

  private static void assertClear(String text) {
    assertThat(text)
        .matches("(?s)(\\[[A-Z_]+\\] .+|The call \\[.*\\] is not served\\.)")
        .doesNotContain("INTERNAL_ERROR", "\tat ", "Exception", "java.")
        .hasSizeLessThan(4096);
  }

  private static byte[] message(String call, WireValue arguments) throws TException {
    TMemoryBuffer buffer = new TMemoryBuffer(512);
    TBinaryProtocol protocol = new TBinaryProtocol(buffer);
    protocol.writeMessageBegin(new TMessage(call, TMessageType.CALL, 7));
    arguments.write(protocol);
    protocol.writeMessageEnd();
    return Arrays.copyOf(buffer.getArray(), buffer.length());
  }

  /** The session and the operation that calls are about, other ones when they may be spent. */
  private static final class Victim {
    private final TCLIService.Client client;
    private TSessionHandle session;
    private ValidCalls calls;
    private int uses;

    Victim(TCLIService.Client client) throws TException {
      this.client = client;
      renew();
    }

    ValidCalls calls() {
      return calls;
    }

    /** Returns whether there are others now. */
    boolean used(String call) throws TException {
      boolean spends =
          call.startsWith("Close") || call.startsWith("Cancel") || call.equals("FetchResults");
      if (spends || ++uses == CALLS_OF_ONE_SESSION) {
        client.CloseSession(new TCloseSessionReq(session));
        renew();
        return true;
      }
      return false;
    }

    private void renew() throws TException {
      uses = 0;
      session = HiveDoorFixture.open(client, V10).getSessionHandle();
      calls = new ValidCalls(session, execute(client, session, "select numbers"));
    }
  }

  private static final class Frames implements Transport, AutoCloseable {
    private Socket socket = connected();

    private Socket connected() throws IOException {
      Socket opened = fixture.socket();
      SaslFrames.login(opened);
      return opened;
    }

    Frames() throws IOException {}

    @Override
    public Optional<TProtocol> answer(byte[] message) throws Exception {
      try {
        SaslFrames.write(socket, message);
        if (isPart(message)) {
          // Frames are no borders of messages: more of it might come.
          socket.shutdownOutput();
        }
        return Optional.of(protocol(SaslFrames.read(socket)));
      } catch (EOFException | SocketException hungUp) {
        socket.close();
        socket = connected();
        return Optional.empty();
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** One connection for each message: what is behind it would be another. */
  private static final class Plain implements Transport {
    @Override
    public Optional<TProtocol> answer(byte[] message) throws IOException {
      try (Socket socket = fixture.socket()) {
        socket.getOutputStream().write(message);
        if (isPart(message)) {
          socket.shutdownOutput();
        }
        InputStream in = socket.getInputStream();
        TMemoryBuffer reply = new TMemoryBuffer(512);
        for (int next = in.read(); next >= 0; next = in.read()) {
          reply.write(new byte[] {(byte) next});
          if (isWhole(reply)) {
            return Optional.of(new TBinaryProtocol(reply));
          }
        }
        return Optional.empty();
      } catch (SocketException | TException hungUp) {
        return Optional.empty();
      }
    }
  }

  private static final class Http implements Transport {
    private final HttpDoor door =
        new HttpDoor(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            () -> new HttpDoor.Readiness(true, List.of()),
            Runnable::run,
            List.of(
                new HttpDoor.Page("/cliservice", fixture.http(), Duration.ofMinutes(1), 1 << 20)));
    private final HttpClient client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Http() {
      door.start();
    }

    @Override
    public Optional<TProtocol> answer(byte[] message) throws Exception {
      String login =
          Base64.getEncoder().encodeToString("admin:admin".getBytes(StandardCharsets.UTF_8));
      HttpResponse<byte[]> response =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + "/cliservice"))
                  .header("Authorization", "Basic " + login)
                  .timeout(Duration.ofSeconds(30))
                  .POST(HttpRequest.BodyPublishers.ofByteArray(message))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() != 200) {
        assertThat(response.statusCode()).isBetween(400, 499);
        assertClear(new String(response.body(), StandardCharsets.UTF_8).strip());
        return Optional.empty();
      }
      return Optional.of(protocol(response.body()));
    }

    void close() {
      door.close();
    }
  }
}
