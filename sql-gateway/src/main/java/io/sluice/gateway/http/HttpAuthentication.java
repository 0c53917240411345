package io.sluice.gateway.http;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.sluice.gateway.identity.Authenticator;
import io.sluice.gateway.identity.BearerTokens;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.Sessions;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells who sends an HTTP request, from its {@code Authorization} header: {@code Basic} (RFC 7617)
 * with a user and a password, or {@code Bearer} (RFC 6750) with a token that the Flight door gave
 * and whose session is open, which this keeps from expiring.
 */
public final class HttpAuthentication {

  private static final Logger log = LoggerFactory.getLogger(HttpAuthentication.class);

  private static final String CLUSTER = "cluster";
  private static final String BASIC = "Basic ";
  private static final String BEARER = "Bearer ";

  private final Authenticator authenticator;
  private final BearerTokens tokens;
  private final Sessions sessions;
  private final RequestBodies bodies = new RequestBodies();

  public HttpAuthentication(Authenticator authenticator, BearerTokens tokens, Sessions sessions) {
    this.authenticator = authenticator;
    this.tokens = tokens;
    this.sessions = sessions;
  }

  /**
   * Who sends a request.
   *
   * @param clientAddress the client's IP address
   * @param clientName what the client calls itself, in {@code User-Agent}; empty if it does not
   * @param cluster the cluster that it names, in the header {@code cluster}; empty if it does not
   */
  public record Caller(
      Principal principal, String clientAddress, String clientName, Optional<String> cluster) {

    /** One that names no cluster. */
    public Caller(Principal principal, String clientAddress, String clientName) {
      this(principal, clientAddress, clientName, Optional.empty());
    }

    /** One that does not say what it is called. */
    public Caller(Principal principal, String clientAddress) {
      this(principal, clientAddress, "");
    }
  }

  /** Returns what bounds the bodies of those who are let in; one for all pages. */
  public RequestBodies bodies() {
    return bodies;
  }

  /**
   * Tells who sends a request. Never blocks and never throws.
   *
   * @return fails with a {@link SluiceException} and nothing else, directly or as the cause of a
   *     {@link CompletionException}: {@code UNAUTHENTICATED}, {@code SESSION_CLOSED}, {@code
   *     QUEUE_FULL}, or {@code PERMISSION_DENIED} for what a page of another site has a browser
   *     send; {@link #head} begins the answer to it
   */
  public CompletableFuture<Caller> authenticate(
      ServiceRequestContext context, HttpRequest request) {
    if (isOfAnotherSite(request)) {
      return CompletableFuture.failedFuture(ofAnotherSite());
    }
    String address = context.remoteAddress().getAddress().getHostAddress();
    String header = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
    return principal(header, address)
        .thenApply(principal -> caller(principal, context, request))
        .exceptionallyCompose(
            failure -> CompletableFuture.failedFuture(HttpAuthentication.refusal(failure)));
  }

  /** Returns whom a request is from, once it is known who sends it, and so is its connection. */
  public static Caller caller(
      Principal principal, ServiceRequestContext context, HttpRequest request) {
    HttpDoor.known(context);
    return new Caller(
        principal,
        context.remoteAddress().getAddress().getHostAddress(),
        request.headers().get(HttpHeaderNames.USER_AGENT, ""),
        Optional.ofNullable(request.headers().get(CLUSTER)).filter(name -> !name.isBlank()));
  }

  /** A browser adds the user's login to what any page sends, but it says whose page it is. */
  public static boolean isOfAnotherSite(HttpRequest request) {
    String origin = request.headers().get(HttpHeaderNames.ORIGIN);
    return origin != null && !origin.endsWith("://" + request.authority());
  }

  private static SluiceException ofAnotherSite() {
    return new SluiceException(
        ErrorCode.PERMISSION_DENIED,
        "The request comes from a page of another site, whose requests are not served.");
  }

  /** Returns whether a request brings a user and a password. */
  public static boolean isByPassword(HttpRequest request) {
    return isOf(BASIC, request.headers().get(HttpHeaderNames.AUTHORIZATION, ""));
  }

  private CompletableFuture<Principal> principal(String header, String address) {
    try {
      if (isOf(BEARER, header)) {
        return CompletableFuture.completedFuture(bearer(header.substring(BEARER.length()).strip()));
      }
      if (!isOf(BASIC, header)) {
        throw unauthenticated(
            "Log in with a user and a password (Basic), or send a token (Bearer).");
      }
      String login = decoded(header.substring(BASIC.length()).strip());
      int colon = login.indexOf(':');
      if (colon < 1) {
        throw unauthenticated("The Authorization header holds no user and password.");
      }
      return authenticator.authenticate(
          login.substring(0, colon), login.substring(colon + 1), address);
    } catch (RuntimeException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  private Principal bearer(String token) {
    BearerTokens.Bearer bearer = tokens.verify(token);
    return sessions
        .find(bearer.session(), bearer.principalName())
        .map(Session::principal)
        .orElseThrow(
            () ->
                new SluiceException(
                    ErrorCode.SESSION_CLOSED,
                    "The token's session was closed or has expired; log in again."));
  }

  /**
   * Begins the answer to a request that {@link #authenticate} refused: 401 with a challenge, 403
   * for one of another site, or 503.
   */
  public static ResponseHeadersBuilder head(SluiceException refusal) {
    return switch (refusal.code()) {
      case QUEUE_FULL -> ResponseHeaders.builder(HttpStatus.SERVICE_UNAVAILABLE);
      case PERMISSION_DENIED -> ResponseHeaders.builder(HttpStatus.FORBIDDEN);
      default ->
          ResponseHeaders.builder(HttpStatus.UNAUTHORIZED)
              .add(HttpHeaderNames.WWW_AUTHENTICATE, "Basic realm=\"sluice\"");
    };
  }

  /**
   * Answers a request that {@link #authenticate}, or what came after it, failed, with {@code
   * {"error": "…"}}.
   *
   * @param otherwise the text when it is no refusal but a defect
   */
  static HttpResponse refused(Throwable thrown, String otherwise) {
    Throwable cause = cause(thrown);
    if (cause instanceof SluiceException refusal) {
      return HttpDoor.json(head(refusal), new Refusal(String.valueOf(refusal.getMessage())));
    }
    log.warn("{}", otherwise, cause);
    return HttpDoor.json(HttpStatus.INTERNAL_SERVER_ERROR, new Refusal(otherwise));
  }

  private record Refusal(String error) {}

  private static SluiceException refusal(Throwable thrown) {
    Throwable cause = cause(thrown);
    if (cause instanceof SluiceException known) {
      return known;
    }
    log.warn("A login could not be checked", cause);
    return unauthenticated("The login could not be checked.");
  }

  private static Throwable cause(Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : null;
    return cause == null ? thrown : cause;
  }

  private static boolean isOf(String scheme, String header) {
    return header.regionMatches(true, 0, scheme, 0, scheme.length());
  }

  private static String decoded(String credentials) {
    try {
      byte[] bytes = Base64.getDecoder().decode(credentials);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (IllegalArgumentException | CharacterCodingException notBasic) {
      throw unauthenticated("The Authorization header is not Base64 of UTF-8.");
    }
  }

  private static SluiceException unauthenticated(String text) {
    return new SluiceException(ErrorCode.UNAUTHENTICATED, text);
  }
}
