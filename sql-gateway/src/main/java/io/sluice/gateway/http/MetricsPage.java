package io.sluice.gateway.http;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.sluice.gateway.metrics.Exposition;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * {@code GET /metrics}, for Prometheus. It names every cluster, which not every user may know of,
 * so that only some may read it.
 */
public final class MetricsPage implements HttpService {

  private final HttpAuthentication authentication;
  private final Predicate<Principal> reader;
  private final Function<String, Exposition> metrics;
  private final Executor blocking;

  /**
   * @param reader who may read them
   * @param metrics as the value of {@code Accept} asks for them, which may be empty
   * @param blocking runs {@code metrics}
   */
  public MetricsPage(
      HttpAuthentication authentication,
      Predicate<Principal> reader,
      Function<String, Exposition> metrics,
      Executor blocking) {
    this.authentication = authentication;
    this.reader = reader;
    this.metrics = metrics;
    this.blocking = blocking;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    if (request.method() != HttpMethod.GET) {
      return HttpResponse.of(HttpStatus.METHOD_NOT_ALLOWED);
    }
    String accept = String.join(",", request.headers().getAll(HttpHeaderNames.ACCEPT));
    return HttpResponse.of(
        authentication
            .authenticate(context, request)
            .thenApplyAsync(caller -> answer(caller.principal(), accept), blocking)
            .exceptionally(
                failure -> HttpAuthentication.refused(failure, "The metrics could not be told.")));
  }

  private HttpResponse answer(Principal principal, String accept) {
    if (!reader.test(principal)) {
      throw new SluiceException(
          ErrorCode.PERMISSION_DENIED,
          "Metrics are for administrators, and for the groups that metrics.groups names.");
    }
    Exposition all = metrics.apply(accept);
    return HttpResponse.of(HttpStatus.OK, MediaType.parse(all.contentType()), all.body());
  }
}
