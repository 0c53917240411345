package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.statement.Failures;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bodies that are long, that come slowly, or that never end. */
class RequestBodiesTest {

  private static final int LONGEST = 1000;

  /** Two of the longest, one of a user, three seconds. */
  private final RequestBodies bodies =
      new RequestBodies(2 * LONGEST, LONGEST, Duration.ofSeconds(3));

  @RegisterExtension
  private final OpenDoor door =
      new OpenDoor(new HttpDoor.Page("prefix:/", this::serve, Duration.ofMinutes(1), LONGEST));

  /** The answer to whoever asks for it. */
  private final CompletableFuture<String> later = new CompletableFuture<>();

  private HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    String user = context.path().substring(1);
    return HttpResponse.of(
        bodies
            .read(new Caller(new Principal(user, Set.of()), "127.0.0.1", ""), context, request)
            .thenApply(
                whole ->
                    whole.path().endsWith("?later")
                        ? HttpResponse.of(later.thenApply(HttpResponse::of))
                        : HttpResponse.of("read " + whole.content().length()))
            .exceptionally(
                failure ->
                    HttpResponse.of(
                        HttpStatus.BAD_REQUEST,
                        MediaType.PLAIN_TEXT_UTF_8,
                        Failures.cause(failure) instanceof SluiceException refusal
                            ? String.valueOf(refusal.getMessage())
                            : Failures.cause(failure).getClass().getSimpleName())));
  }

  private Socket begin(String user, String length) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port());
    socket.setSoTimeout(20_000);
    send(socket, "POST /" + user + " HTTP/1.1\r\nHost: x\r\n" + length + "\r\n\r\n");
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  private static String answer(Socket socket, String end) throws IOException {
    StringBuilder said = new StringBuilder();
    int next;
    while (said.indexOf(end) < 0 && (next = socket.getInputStream().read()) >= 0) {
      said.append((char) next);
    }
    return said.toString();
  }

  @Test
  void oneUserHoldsOnlySoMuchAndAllTogetherToo() throws Exception {
    try (Socket first = begin("ann", "Content-Length: 900")) {
      await().until(() -> bodies.held() == 900);
      try (Socket second = begin("ann", "Content-Length: 200")) {
        assertThat(answer(second, "for one.")).contains("that one user gets of bytes in requests");
      }
      // Of a length that is not said as much as there may be counts.
      try (Socket unsaid = begin("bob", "Transfer-Encoding: chunked")) {
        await().until(() -> bodies.held() == 1900);
        try (Socket third = begin("eve", "Content-Length: 200")) {
          assertThat(answer(third, "moment.")).contains("that all users together get of bytes");
        }
        send(unsaid, "2\r\nab\r\n0\r\n\r\n");
        assertThat(answer(unsaid, "read 2")).contains("200 OK");
      }
      send(first, "x".repeat(900));
      assertThat(answer(first, "read 900")).contains("200 OK");
    }
    await().until(() -> bodies.held() == 0);
  }

  /** It is kept until then: as text, in parts, or by whoever waits for its turn. */
  @Test
  void aBodyCountsUntilItsRequestIsAnswered() throws Exception {
    try (Socket first = begin("ann?later", "Content-Length: 900")) {
      send(first, "x".repeat(900));
      try (Socket other = begin("bob", "Content-Length: 3")) {
        send(other, "abc");
        assertThat(answer(other, "read 3")).contains("200 OK");
      }
      await().until(() -> bodies.held() == 900);
      try (Socket second = begin("ann", "Content-Length: 200")) {
        assertThat(answer(second, "for one.")).contains("that one user gets of bytes in requests");
      }
      try (Socket unsaid = begin("bob?later", "Transfer-Encoding: chunked")) {
        send(unsaid, "2\r\nab\r\n0\r\n\r\n");
        // Once it is read, for as long as it is.
        await().until(() -> bodies.held() == 902);
      }
      later.complete("at last");
      assertThat(answer(first, "at last")).contains("200 OK");
    }
    await().until(() -> bodies.held() == 0);
  }

  @Test
  void aBodyThatDoesNotComeIsNotWaitedFor() throws Exception {
    try (Socket slow = begin("ann", "Content-Length: 900")) {
      send(slow, "x");
      assertThat(answer(slow, "within 3 s.")).contains("did not come within 3 s.");
    }
    await().until(() -> bodies.held() == 0);
  }

  @Test
  void aClientThatGoesAwayGivesBackWhatItHeld() throws Exception {
    begin("ann", "Content-Length: 900").close();
    await().until(() -> bodies.held() == 0);
    try (Socket next = begin("ann", "Content-Length: 3")) {
      send(next, "abc");
      assertThat(answer(next, "read 3")).contains("200 OK");
    }
  }
}
