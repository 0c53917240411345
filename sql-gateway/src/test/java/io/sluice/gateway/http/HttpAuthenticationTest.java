package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.sluice.gateway.identity.Authenticator;
import io.sluice.gateway.identity.BearerTokens;
import io.sluice.gateway.session.FakeSessions;
import io.sluice.gateway.session.Session;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class HttpAuthenticationTest {

  private static final Principal ANN = new Principal("ann", Set.of("bi"));

  private final Authenticator authenticator =
      (user, password, address) ->
          user.equals("ann") && password.equals("pä:ss")
              ? CompletableFuture.completedFuture(ANN)
              : CompletableFuture.failedFuture(
                  password.equals("broken")
                      ? new IllegalStateException("secret")
                      : new SluiceException(ErrorCode.UNAUTHENTICATED, "Wrong user or password"));
  private final BearerTokens tokens = new BearerTokens(new byte[32]);
  private final FakeSessions sessions = new FakeSessions();
  private final HttpAuthentication authentication =
      new HttpAuthentication(authenticator, tokens, sessions);

  @Test
  void aPasswordTellsWhoItIs() {
    HttpAuthentication.Caller caller = caller("basic " + base64("ann:pä:ss"));
    assertThat(caller.principal()).isEqualTo(ANN);
    assertThat(caller.clientAddress()).isEqualTo("127.0.0.1");
  }

  @Test
  void aTokenTellsWhoseItIsWhileItsSessionIsOpen() {
    Session session = sessions.open(ANN, "127.0.0.1");
    String token = "Bearer " + tokens.issue(session.id(), "ann");
    assertThat(caller(token).principal()).isEqualTo(ANN);
    sessions.close(session.id());
    assertRefused(token, ErrorCode.SESSION_CLOSED);
  }

  @Test
  void anythingElseIsRefused() {
    Session session = sessions.open(ANN, "127.0.0.1");
    assertRefused("", ErrorCode.UNAUTHENTICATED);
    assertRefused("Digest x", ErrorCode.UNAUTHENTICATED);
    assertRefused("Basic " + base64("ann"), ErrorCode.UNAUTHENTICATED);
    assertRefused("Basic " + base64(":pä:ss"), ErrorCode.UNAUTHENTICATED);
    assertRefused("Basic %%%", ErrorCode.UNAUTHENTICATED);
    assertRefused("Basic /w==", ErrorCode.UNAUTHENTICATED);
    assertRefused("Bearer x", ErrorCode.UNAUTHENTICATED);
    assertRefused(
        "Bearer "
            + new BearerTokens("another key of 32 bytes at least".getBytes(StandardCharsets.UTF_8))
                .issue(session.id(), "ann"),
        ErrorCode.UNAUTHENTICATED);
    assertRefused("Bearer " + tokens.issue(session.id(), "bob"), ErrorCode.SESSION_CLOSED);
  }

  @Test
  void aCheckThatBreaksIsARefusalThatSaysNothing() {
    SluiceException refusal = refusal("Basic " + base64("ann:broken"));
    assertThat(refusal.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
    assertThat(refusal).hasMessageNotContaining("secret");
  }

  @Test
  void aRefusalChallengesUnlessTheLoginMayBeSentAgain() {
    ResponseHeaders wrong = HttpAuthentication.head(refusal("")).build();
    assertThat(wrong.status()).isEqualTo(HttpStatus.UNAUTHORIZED);
    assertThat(wrong.get(HttpHeaderNames.WWW_AUTHENTICATE)).isEqualTo("Basic realm=\"sluice\"");
    ResponseHeaders busy =
        HttpAuthentication.head(new SluiceException(ErrorCode.QUEUE_FULL, "later")).build();
    assertThat(busy.status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
    assertThat(busy.contains(HttpHeaderNames.WWW_AUTHENTICATE)).isFalse();
  }

  @Test
  void whatAPageOfAnotherSiteSendsIsRefusedWithoutAChallenge() {
    for (String origin :
        List.of("http://evil.test", "null", "http://gateway.test:81", "http://x.gateway.test")) {
      SluiceException refusal =
          refusal(
              RequestHeaders.builder(HttpMethod.POST, "/")
                  .authority("gateway.test")
                  .add(HttpHeaderNames.AUTHORIZATION, "Basic " + base64("ann:pä:ss"))
                  .add(HttpHeaderNames.ORIGIN, origin)
                  .build());
      assertThat(refusal.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
      ResponseHeaders head = HttpAuthentication.head(refusal).build();
      assertThat(head.status()).isEqualTo(HttpStatus.FORBIDDEN);
      assertThat(head.contains(HttpHeaderNames.WWW_AUTHENTICATE)).isFalse();
    }
  }

  @Test
  void itsOwnPageIsLetIn() {
    RequestHeaders own =
        RequestHeaders.builder(HttpMethod.POST, "/")
            .authority("gateway.test")
            .add(HttpHeaderNames.AUTHORIZATION, "Basic " + base64("ann:pä:ss"))
            .add(HttpHeaderNames.ORIGIN, "https://gateway.test")
            .build();
    assertThat(caller(own).principal()).isEqualTo(ANN);
  }

  private void assertRefused(String authorization, ErrorCode code) {
    assertThat(refusal(authorization).code()).isEqualTo(code);
  }

  private SluiceException refusal(String authorization) {
    return refusal(headers(authorization));
  }

  private SluiceException refusal(RequestHeaders headers) {
    try {
      throw new AssertionError("let in as " + caller(headers));
    } catch (CompletionException refused) {
      return (SluiceException) refused.getCause();
    }
  }

  private HttpAuthentication.Caller caller(String authorization) {
    return caller(headers(authorization));
  }

  private static RequestHeaders headers(String authorization) {
    return RequestHeaders.of(HttpMethod.GET, "/", HttpHeaderNames.AUTHORIZATION, authorization);
  }

  private HttpAuthentication.Caller caller(RequestHeaders headers) {
    HttpRequest request = HttpRequest.of(headers);
    ServiceRequestContext context =
        ServiceRequestContext.builder(request)
            .remoteAddress(new InetSocketAddress("127.0.0.1", 1024))
            .build();
    return authentication.authenticate(context, request).join();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
