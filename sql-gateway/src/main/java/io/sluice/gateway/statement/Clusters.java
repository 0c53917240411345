package io.sluice.gateway.statement;

import io.sluice.gateway.session.Session;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.planner.SessionSettings;
import io.sluice.router.Route;
import io.sluice.router.Routing;
import io.sluice.router.RoutingRequest;
import io.sluice.router.StatementKind;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The clusters that statements run on: which one each goes to, and where it waits there. */
public final class Clusters {

  private final Routing routing;
  private final Map<String, Queues> queues;
  private final InstantSource clock;

  /**
   * @param queues those of every cluster that the routing knows
   * @param clock of rules that look at it
   */
  public Clusters(Routing routing, Map<String, Queues> queues, InstantSource clock) {
    this.routing = routing;
    this.queues = Map.copyOf(queues);
    this.clock = clock;
  }

  /**
   * The queues of one cluster.
   *
   * @param statements the permits for running statements
   * @param schemas the permits for asking Spark for a schema, which must not wait behind results
   *     that their clients are slow to fetch
   */
  public record Queues(StatementQueue statements, StatementQueue schemas) {}

  /**
   * Refuses the name of a cluster that a user may not use, or that is not there.
   *
   * @throws SluiceException {@code CLUSTER_NOT_FOUND}
   */
  public void check(Principal principal, String cluster) {
    routing.check(principal, cluster);
  }

  /**
   * Finds where a statement is to run.
   *
   * @param configuration what the session had SET when the statement was authorised
   * @throws SluiceException {@code CLUSTER_NOT_FOUND}
   */
  RoutedPermit statement(Session session, Map<String, String> configuration, StatementKind kind) {
    return permit(route(session, configuration, kind), Queues::statements);
  }

  /** The same for asking for the columns of a query. */
  RoutedPermit schema(Session session, Map<String, String> configuration) {
    return permit(route(session, configuration, StatementKind.QUERY), Queues::schemas);
  }

  private RoutedPermit permit(Route route, Function<Queues, StatementQueue> which) {
    List<RoutedPermit.Way> ways = new ArrayList<>();
    ways.add(way(route.cluster(), route.reason(), which));
    for (String cluster : route.fallback()) {
      String reason = route.reason() + "; " + route.cluster() + " could not start";
      ways.add(way(cluster, reason, which));
    }
    return new RoutedPermit(ways);
  }

  private RoutedPermit.Way way(
      String cluster, String reason, Function<Queues, StatementQueue> which) {
    Queues known = queues.get(cluster);
    if (known == null) {
      throw new IllegalStateException("cluster " + cluster + " has no queue");
    }
    return new RoutedPermit.Way(new StatementRoute(cluster, reason), which.apply(known));
  }

  private Route route(Session session, Map<String, String> configuration, StatementKind kind) {
    return routing.route(
        new RoutingRequest(
            session.principal(),
            session.clientName(),
            Set.copyOf(session.tags(configuration)),
            kind,
            Optional.ofNullable(configuration.get(SessionSettings.CLUSTER))),
        clock.instant());
  }
}
