package io.sluice.gateway.http;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.sluice.model.Principal;
import java.util.List;
import java.util.function.Function;

/**
 * {@code GET /clusters}: what runs and waits on each cluster, its replicas, and what the autoscaler
 * decided and why. For whoever logs in, of the clusters that they may use; it shows no user,
 * statement or address.
 */
public final class ClustersPage implements HttpService {

  private final HttpAuthentication authentication;
  private final Function<Principal, List<ClusterReport>> clusters;

  /**
   * @param clusters what is known now, as far as a user may see it; must not block
   */
  public ClustersPage(
      HttpAuthentication authentication, Function<Principal, List<ClusterReport>> clusters) {
    this.authentication = authentication;
    this.clusters = clusters;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    if (request.method() != HttpMethod.GET) {
      return HttpResponse.of(HttpStatus.METHOD_NOT_ALLOWED);
    }
    return HttpResponse.of(
        authentication
            .authenticate(context, request)
            .thenApply(caller -> HttpDoor.json(HttpStatus.OK, clusters.apply(caller.principal())))
            .exceptionally(
                failure -> HttpAuthentication.refused(failure, "The clusters could not be told.")));
  }
}
