package io.sluice.gateway.http;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.sluice.gateway.identity.Authenticator;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /clusters}: what runs and waits on each cluster, its replicas, and what the autoscaler
 * decided and why. For whoever logs in (HTTP Basic); it shows no user, statement or address.
 */
public final class ClustersPage implements HttpService {

  private static final String BASIC = "Basic ";

  private final Authenticator authenticator;
  private final Supplier<List<ClusterReport>> clusters;

  /**
   * @param clusters what is known now; must not block
   */
  public ClustersPage(Authenticator authenticator, Supplier<List<ClusterReport>> clusters) {
    this.authenticator = authenticator;
    this.clusters = clusters;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    if (request.method() != HttpMethod.GET) {
      return HttpResponse.of(HttpStatus.METHOD_NOT_ALLOWED);
    }
    String[] login = login(request.headers().get(HttpHeaderNames.AUTHORIZATION));
    if (login.length == 0) {
      return unauthorized("Log in with a user and a password.");
    }
    CompletableFuture<HttpResponse> answer =
        authenticator
            .authenticate(login[0], login[1], context.remoteAddress().getAddress().getHostAddress())
            .thenApply(principal -> HttpDoor.json(HttpStatus.OK, clusters.get()))
            .exceptionally(ClustersPage::refused);
    return HttpResponse.of(answer);
  }

  /** Returns the user and the password, or nothing. */
  private static String[] login(@Nullable String header) {
    if (header == null || !header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return new String[0];
    }
    try {
      byte[] decoded = Base64.getDecoder().decode(header.substring(BASIC.length()).strip());
      String text = new String(decoded, StandardCharsets.UTF_8);
      int colon = text.indexOf(':');
      return colon < 1
          ? new String[0]
          : new String[] {text.substring(0, colon), text.substring(colon + 1)};
    } catch (IllegalArgumentException notBase64) {
      return new String[0];
    }
  }

  private static HttpResponse refused(Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    if (cause instanceof SluiceException known && known.code() == ErrorCode.QUEUE_FULL) {
      return HttpDoor.json(
          HttpStatus.SERVICE_UNAVAILABLE, new Refusal(String.valueOf(known.getMessage())));
    }
    return unauthorized(
        cause instanceof SluiceException known && known.code() == ErrorCode.UNAUTHENTICATED
            ? String.valueOf(known.getMessage())
            : "The login could not be checked.");
  }

  private static HttpResponse unauthorized(String text) {
    return HttpDoor.json(
        ResponseHeaders.builder(HttpStatus.UNAUTHORIZED)
            .add(HttpHeaderNames.WWW_AUTHENTICATE, "Basic realm=\"sluice\""),
        new Refusal(text));
  }

  private record Refusal(String error) {}
}
