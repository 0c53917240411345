package io.sluice.gateway.hive;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.sluice.gateway.http.HttpAuthentication;
import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.http.RequestBodies;
import io.sluice.gateway.identity.LoginCookies;
import io.sluice.model.Principal;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Who sends a request of HiveServer2's over HTTP. After a login by password, the client is given
 * the cookie that Hive's drivers look for ({@code cookieAuth}), which stands for the password until
 * it expires; to one that is not valid they are asked for the password again.
 */
final class HiveHttpLogin {

  private static final String NAME = "hive.server2.auth";

  /**
   * Thrift's own client in Python, and so PyHive, writes the cookie into a request that it has
   * sent, and fails.
   */
  private static final String BREAKS_ON_COOKIES = "Python/";

  private final HttpAuthentication authentication;
  private final LoginCookies cookies;

  HiveHttpLogin(HttpAuthentication authentication, LoginCookies cookies) {
    this.authentication = authentication;
    this.cookies = cookies;
  }

  /**
   * Who sends a request.
   *
   * @param cookie the answer's Set-Cookie
   */
  record Login(Caller caller, Optional<String> cookie) {}

  /** Fails as {@link HttpAuthentication#authenticate} does. */
  CompletableFuture<Login> of(ServiceRequestContext context, HttpRequest request) {
    boolean header = request.headers().contains(HttpHeaderNames.AUTHORIZATION);
    if (!header && !HttpAuthentication.isOfAnotherSite(request)) {
      Optional<Principal> known =
          request.headers().cookies().stream()
              .filter(cookie -> cookie.name().equals(NAME))
              .flatMap(cookie -> cookies.verify(cookie.value()).stream())
              .findFirst();
      if (known.isPresent()) {
        return CompletableFuture.completedFuture(
            new Login(HttpAuthentication.caller(known.get(), context, request), Optional.empty()));
      }
    }
    return authentication
        .authenticate(context, request)
        .thenApply(
            caller ->
                new Login(
                    caller,
                    HttpAuthentication.isByPassword(request)
                            && !caller.clientName().startsWith(BREAKS_ON_COOKIES)
                        ? cookies.issue(caller.principal()).map(value -> cookie(context, value))
                        : Optional.empty()));
  }

  /** Returns what bounds the bodies of those who are let in. */
  RequestBodies bodies() {
    return authentication.bodies();
  }

  /** Without Expires, whose form of today Hive's drivers cannot read. */
  private static String cookie(ServiceRequestContext context, String value) {
    return NAME
        + "="
        + value
        + "; Max-Age="
        + LoginCookies.LIFE.toSeconds()
        + "; Path="
        + HiveHttpService.PATH
        + "; HttpOnly; SameSite=Strict"
        + (context.sessionProtocol().isTls() ? "; Secure" : "");
  }
}
