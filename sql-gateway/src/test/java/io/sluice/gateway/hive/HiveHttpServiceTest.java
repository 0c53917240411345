package io.sluice.gateway.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.Cookie;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpRequestWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.buffer.ByteBufUtil;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.identity.BearerTokens;
import io.sluice.gateway.identity.LoginCookies;
import io.sluice.gateway.session.Session;
import io.sluice.model.Principal;
import io.sluice.model.SessionId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.hive.service.rpc.thrift.TCLIService;
import org.apache.hive.service.rpc.thrift.TExecuteStatementReq;
import org.apache.hive.service.rpc.thrift.TGetOperationStatusReq;
import org.apache.hive.service.rpc.thrift.TOperationHandle;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.transport.TMemoryBuffer;
import org.apache.thrift.transport.TMemoryInputTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the HTTP transport adds to the calls. */
class HiveHttpServiceTest {

  private final HiveDoorFixture fixture = new HiveDoorFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void nobodyActsForAnother() throws Exception {
    assertThat(post("?doAs=admin").status()).isEqualTo(HttpStatus.OK);
    for (String query : new String[] {"?doAs=analyst", "?DOAS=analyst", "?doAs=admin&doAs=x"}) {
      AggregatedHttpResponse refused = post(query);
      assertThat(refused.status()).isEqualTo(HttpStatus.FORBIDDEN);
      assertThat(refused.contentUtf8()).startsWith("[PERMISSION_DENIED] User [admin] may not act");
    }
  }

  @Test
  void aBodyThatIsTooLongOrBreaksOffIsTheClients() throws Exception {
    AggregatedHttpResponse tooLong = failing(ContentTooLargeException.get());
    assertThat(tooLong.status()).isEqualTo(HttpStatus.REQUEST_ENTITY_TOO_LARGE);
    assertThat(tooLong.contentUtf8()).startsWith("[STATEMENT_TOO_LARGE]");
    AggregatedHttpResponse brokenOff = failing(ClosedStreamException.get());
    assertThat(brokenOff.status()).isEqualTo(HttpStatus.BAD_REQUEST);
    assertThat(brokenOff.contentUtf8()).startsWith("[PROTOCOL_VIOLATION]");
  }

  @Test
  void aPasswordThatWasRightGivesACookieThatStandsForIt() throws Exception {
    assertThat(post("").headers().get(HttpHeaderNames.SET_COOKIE))
        .as("Hive's drivers take no cookie with a date of this century's form")
        .doesNotContainIgnoringCase("expires");
    fixture.sessions.expireAll();
    Cookie cookie = cookie();
    assertThat(cookie.name()).isEqualTo("hive.server2.auth");
    assertThat(cookie.path()).isEqualTo("/cliservice");
    assertThat(cookie.isHttpOnly()).isTrue();
    assertThat(cookie.sameSite()).isEqualTo("Strict");
    assertThat(cookie.maxAge()).isEqualTo(LoginCookies.LIFE.toSeconds());
    AggregatedHttpResponse answer = openWith(cookie.value());
    assertThat(answer.status()).isEqualTo(HttpStatus.OK);
    assertThat(answer.headers().contains(HttpHeaderNames.SET_COOKIE)).as("not renewed").isFalse();
    assertThat(fixture.sessions.open().values())
        .extracting(session -> session.principal().name())
        .containsExactly("admin", "admin");
  }

  @Test
  void aCookieThatIsNotValidAsksForThePassword() throws Exception {
    String good = cookie().value();
    String forged = (good.startsWith("A") ? "B" : "A") + good.substring(1);
    String bearer = new BearerTokens(new byte[32]).issue(SessionId.random(), "admin");
    for (String value : new String[] {forged, bearer, good.substring(4), "", "cu=admin"}) {
      assertUnknown(openWith(value));
    }
    fixture.clock.set(Instant.EPOCH.plus(LoginCookies.LIFE).minusMillis(1));
    assertThat(openWith(good).status()).isEqualTo(HttpStatus.OK);
    fixture.leavers.add("admin");
    assertUnknown(openWith(good));
    fixture.leavers.clear();
    fixture.clock.set(Instant.EPOCH.plus(LoginCookies.LIFE));
    assertUnknown(openWith(good));
  }

  /** As after a restart, or by a gateway that was started later: the key is theirs too. */
  @Test
  void aCookieEndsWithThePasswordThatItStandsFor() throws Exception {
    String good = cookie().value();
    assertThat(openWith(good).status()).isEqualTo(HttpStatus.OK);
    // The same one set again counts as another: its hash has salt.
    for (String password : new String[] {"changed", "admin"}) {
      fixture.passwords.put("admin", HiveDoorFixture.hash(password));
      assertUnknown(openWith(good));
    }
    assertThat(openWith(cookie().value()).status()).isEqualTo(HttpStatus.OK);
  }

  private static void assertUnknown(AggregatedHttpResponse answer) {
    assertThat(answer.status()).isEqualTo(HttpStatus.UNAUTHORIZED);
    assertThat(answer.headers().get(HttpHeaderNames.WWW_AUTHENTICATE)).startsWith("Basic");
    assertThat(answer.headers().contains(HttpHeaderNames.SET_COOKIE)).isFalse();
  }

  @Test
  void onlyAPasswordThatIsRightGivesACookie() throws Exception {
    assertUnknown(answer(open(head("").toBuilder(), "Basic " + base64("admin:wrong"))));
    Session session = fixture.sessions.open(new Principal("admin", Set.of()), "");
    String token = new BearerTokens(new byte[32]).issue(session.id(), "admin");
    AggregatedHttpResponse bearer = answer(open(head("").toBuilder(), "Bearer " + token));
    assertThat(bearer.status()).isEqualTo(HttpStatus.OK);
    assertThat(bearer.headers().contains(HttpHeaderNames.SET_COOKIE)).isFalse();
  }

  @Test
  void pythonsClientOfThriftGetsNoCookieAsItFailsOnAny() throws Exception {
    RequestHeadersBuilder head = head("").toBuilder();
    head.set(HttpHeaderNames.USER_AGENT, "Python/THttpClient (dbt)");
    AggregatedHttpResponse answer = answer(open(head, "Basic " + base64("admin:admin")));
    assertThat(answer.status()).isEqualTo(HttpStatus.OK);
    assertThat(answer.headers().contains(HttpHeaderNames.SET_COOKIE)).isFalse();
  }

  @Test
  void aCookieIsNoLoginForPagesOfOtherSitesNorAgainstAPassword() throws Exception {
    Cookie cookie = cookie();
    RequestHeadersBuilder foreign = head("").toBuilder();
    foreign.add(HttpHeaderNames.ORIGIN, "https://elsewhere.example").cookies(cookie);
    foreign.remove(HttpHeaderNames.AUTHORIZATION);
    assertThat(answer(open(foreign, "")).status()).isEqualTo(HttpStatus.FORBIDDEN);
    fixture.sessions.expireAll();
    answer(open(head("").toBuilder().cookies(cookie), "Basic " + base64("analyst:analyst")));
    assertThat(fixture.sessions.open().values())
        .extracting(session -> session.principal().name())
        .containsExactly("analyst");
  }

  @Test
  void whoLeavesBeforeTheAnswerEndsTheStatement() throws Exception {
    fixture.statements.endless("select for ever");
    TCLIService.OpenSession_result opened = new TCLIService.OpenSession_result();
    TBinaryProtocol reply =
        new TBinaryProtocol(new TMemoryInputTransport(post("").content().array()));
    reply.readMessageBegin();
    opened.read(reply);
    TCLIService.ExecuteStatement_args execute = new TCLIService.ExecuteStatement_args();
    execute.setReq(
        new TExecuteStatementReq(opened.getSuccess().getSessionHandle(), "select for ever"));
    TMemoryBuffer message = new TMemoryBuffer(256);
    TBinaryProtocol call = new TBinaryProtocol(message);
    call.writeMessageBegin(new TMessage("ExecuteStatement", TMessageType.CALL, 2));
    execute.write(call);
    call.writeMessageEnd();
    byte[] bytes = Arrays.copyOf(message.getArray(), message.length());
    ServiceRequestContext context = context(HttpRequest.of(head(""), HttpData.wrap(bytes)));
    fixture.http().serve(context, context.request()).aggregate();
    await().until(() -> fixture.statements.submitted.size() == 1 && fixture.door().held() == 2);
    context.cancel();
    fixture.statements.last().canceled.get(20, TimeUnit.SECONDS);
    await().until(() -> fixture.door().held() == 1);
  }

  /** As a driver that executes asynchronously and is killed while it asks for the state. */
  @Test
  void aPollWhoseConnectionIsCutEndsTheStatement() throws Exception {
    fixture.statements.endless("select for ever");
    try (HttpDoor door =
        new HttpDoor(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            () -> new HttpDoor.Readiness(true, List.of()),
            Runnable::run,
            List.of(
                new HttpDoor.Page(
                    "/cliservice", fixture.http(), Duration.ofMinutes(1), 1 << 20)))) {
      door.start();
      // A handle holds on any connection; this one stays.
      TCLIService.Client client = fixture.sasl("admin", "admin");
      TOperationHandle operation =
          HiveCalls.execute(client, HiveCalls.session(client), "select for ever");
      TCLIService.GetOperationStatus_args poll = new TCLIService.GetOperationStatus_args();
      poll.setReq(new TGetOperationStatusReq(operation));
      TMemoryBuffer message = new TMemoryBuffer(256);
      TBinaryProtocol call = new TBinaryProtocol(message);
      call.writeMessageBegin(new TMessage("GetOperationStatus", TMessageType.CALL, 3));
      poll.write(call);
      call.writeMessageEnd();
      String head =
          "POST /cliservice HTTP/1.1\r\nHost: x\r\nAuthorization: Basic "
              + base64("admin:admin")
              + "\r\nContent-Length: "
              + message.length()
              + "\r\n\r\n";
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
        socket.setSoTimeout(20_000);
        ask(socket, head, message);
        assertThat(socket.getInputStream().readNBytes(12)).asString().endsWith("200");
        assertThat(fixture.statements.last().canceled).as("who is answered stays").isNotDone();
        ask(socket, head, message);
        await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        socket.setSoLinger(true, 0);
      }
      assertThat(fixture.statements.last().canceled.get(20, TimeUnit.SECONDS))
          .contains("went away");
    }
  }

  private static void ask(Socket socket, String head, TMemoryBuffer message) throws Exception {
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(message.getArray(), 0, message.length());
    socket.getOutputStream().flush();
  }

  private Cookie cookie() throws Exception {
    return Cookie.fromSetCookieHeader(post("").headers().get(HttpHeaderNames.SET_COOKIE));
  }

  /** Opens a session with a cookie and no other login. */
  private AggregatedHttpResponse openWith(String cookie) throws Exception {
    RequestHeadersBuilder head = head("").toBuilder();
    head.remove(HttpHeaderNames.AUTHORIZATION);
    return answer(open(head.add(HttpHeaderNames.COOKIE, "hive.server2.auth=" + cookie), ""));
  }

  private static HttpRequest open(RequestHeadersBuilder head, String login) throws Exception {
    if (!login.isEmpty()) {
      head.set(HttpHeaderNames.AUTHORIZATION, login);
    }
    byte[] message = ByteBufUtil.getBytes(MessageScannerTest.openSession(Map.of()));
    return HttpRequest.of(head.build(), HttpData.wrap(message));
  }

  private AggregatedHttpResponse post(String query) throws Exception {
    return answer(open(head(query).toBuilder(), ""));
  }

  private AggregatedHttpResponse failing(Throwable failure) throws Exception {
    HttpRequestWriter request = HttpRequest.streaming(head(""));
    request.close(failure);
    return answer(request);
  }

  private AggregatedHttpResponse answer(HttpRequest request) throws Exception {
    return fixture.http().serve(context(request), request).aggregate().join();
  }

  private static ServiceRequestContext context(HttpRequest request) {
    return ServiceRequestContext.builder(request)
        .remoteAddress(new InetSocketAddress("127.0.0.1", 1024))
        .build();
  }

  private static RequestHeaders head(String query) {
    return RequestHeaders.of(
        HttpMethod.POST,
        "/cliservice" + query,
        HttpHeaderNames.AUTHORIZATION,
        "Basic " + base64("admin:admin"));
  }

  private static String base64(String login) {
    return Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
  }
}
