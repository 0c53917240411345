package io.sluice.gateway.statement;

import io.sluice.gateway.session.Session;
import io.sluice.model.ErrorCode;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The clusters that statements run on: which one each goes to, and where it waits there. They may
 * come and go; a statement that has found its way keeps it.
 */
public final class Clusters {

  private final Supplier<String> whyUnknown;
  private final InstantSource clock;

  /** Null until somebody has said what there is. */
  private volatile @Nullable Known known;

  private record Known(Routing routing, Map<String, Queues> queues) {}

  /**
   * Those of which {@link #know} has yet to tell; what is asked for before is refused.
   *
   * @param whyUnknown says why they are not known, for people, without the full stop
   * @param clock of rules that look at it
   */
  public Clusters(Supplier<String> whyUnknown, InstantSource clock) {
    this.whyUnknown = whyUnknown;
    this.clock = clock;
  }

  /**
   * Those that there are.
   *
   * @param queues those of every cluster that the routing knows
   */
  public Clusters(Routing routing, Map<String, Queues> queues, InstantSource clock) {
    this(() -> "", clock);
    know(routing, queues);
  }

  /**
   * Tells what there is from now on.
   *
   * @param queues those of every cluster that the routing knows
   */
  public void know(Routing routing, Map<String, Queues> queues) {
    known = new Known(routing, Map.copyOf(queues));
  }

  private Known known() {
    Known now = known;
    if (now == null) {
      throw new SluiceException(
          ErrorCode.CLUSTER_UNAVAILABLE,
          "The clusters are not known yet: " + whyUnknown.get() + ". Send the statement later.");
    }
    return now;
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
   * @throws SluiceException {@code CLUSTER_NOT_FOUND}; {@code CLUSTER_UNAVAILABLE} while it is not
   *     known what there is
   */
  public void check(Principal principal, String cluster) {
    known().routing().check(principal, cluster);
  }

  /**
   * Finds where a statement is to run.
   *
   * @param configuration what the session had SET when the statement was authorised
   * @param catalog its current catalog then
   * @param bytes how much the tables hold that it reads or whose rows it changes, as far as known
   * @throws SluiceException {@code CLUSTER_NOT_FOUND}; {@code CLUSTER_UNAVAILABLE} while it is not
   *     known what there is
   */
  RoutedPermit statement(
      Session session,
      Map<String, String> configuration,
      String catalog,
      StatementKind kind,
      long bytes) {
    return permit(session, configuration, catalog, kind, bytes, Queues::statements);
  }

  /** The same for asking for the columns of a query. */
  RoutedPermit schema(
      Session session, Map<String, String> configuration, String catalog, long bytes) {
    return permit(session, configuration, catalog, StatementKind.QUERY, bytes, Queues::schemas);
  }

  private RoutedPermit permit(
      Session session,
      Map<String, String> configuration,
      String catalog,
      StatementKind kind,
      long bytes,
      Function<Queues, StatementQueue> which) {
    Known now = known();
    Route route =
        now.routing()
            .route(
                new RoutingRequest(
                    session.principal(),
                    session.clientName(),
                    Set.copyOf(session.tags(configuration)),
                    catalog,
                    kind,
                    bytes,
                    Optional.ofNullable(configuration.get(SessionSettings.CLUSTER))),
                clock.instant());
    List<RoutedPermit.Way> ways = new ArrayList<>();
    ways.add(way(now, route.cluster(), route.reason(), which));
    for (String cluster : route.fallback()) {
      String reason = route.reason() + "; " + route.cluster() + " could not start";
      ways.add(way(now, cluster, reason, which));
    }
    return new RoutedPermit(ways, route.priority());
  }

  private static RoutedPermit.Way way(
      Known now, String cluster, String reason, Function<Queues, StatementQueue> which) {
    Queues queues = now.queues().get(cluster);
    if (queues == null) {
      throw new IllegalStateException("cluster " + cluster + " has no queue");
    }
    return new RoutedPermit.Way(new StatementRoute(cluster, reason), which.apply(queues));
  }
}
