package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.gateway.session.FakeSessions;
import io.sluice.gateway.session.Session;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.planner.SessionSettings;
import io.sluice.router.AdmissionLimits;
import io.sluice.router.Priority;
import io.sluice.router.RoutedCluster;
import io.sluice.router.Routing;
import io.sluice.router.RoutingRule;
import io.sluice.router.RuleConditions;
import io.sluice.router.StatementKind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClustersTest {

  private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

  private static final Principal ANN = new Principal("ann", Set.of());

  private final Clusters clusters =
      new Clusters(
          new Routing(
              List.of(new RoutedCluster("bi", Set.of()), new RoutedCluster("loads", Set.of())),
              List.of(
                  new RoutingRule(
                      "tagged",
                      new RuleConditions(
                          Set.of(),
                          Set.of(),
                          List.of(),
                          Set.of("job=nightly load", "dbt"),
                          Set.of(),
                          Set.of(),
                          Optional.empty(),
                          Optional.empty()),
                      "loads",
                      List.of(),
                      Priority.NORMAL)),
              "bi"),
          Map.of("bi", queues(), "loads", queues()),
          CLOCK);
  private final Clusters coming = new Clusters(() -> "the list is on its way", CLOCK);
  private final Session session = new FakeSessions().open(new Principal("ann", Set.of()), "");

  private static Clusters.Queues queues() {
    return new Clusters.Queues(queue(), queue());
  }

  private static StatementQueue queue() {
    return new StatementQueue(
        new AdmissionLimits(1, 10, Duration.ofMinutes(5)),
        () -> new ClusterSnapshot("c", List.of(), "none", false),
        CLOCK);
  }

  @Test
  void attachedTagsCountAsThoseThatAreSet() {
    assertThat(routed()).isEqualTo("bi");
    session.tag(List.of("team=bi", "job=nightly load"));
    assertThat(routed()).isEqualTo("loads");
    session.tag(List.of("job=nightly"));
    assertThat(routed()).as("tags are compared as a whole").isEqualTo("bi");
    session.configure(values -> values.put(SessionSettings.TAGS, "x,dbt"));
    assertThat(routed()).isEqualTo("loads");
  }

  private String routed() {
    return clusters
        .statement(session, session.configuration(), "lake", StatementKind.QUERY, 0)
        .route()
        .cluster();
  }

  @Test
  void whatIsNotKnownYetIsRefusedWithTheReason() {
    SluiceException refusal =
        catchThrowableOfType(SluiceException.class, () -> coming.check(ANN, "bi"));
    assertThat(refusal.code()).isEqualTo(ErrorCode.CLUSTER_UNAVAILABLE);
    assertThat(refusal)
        .hasMessage(
            "The clusters are not known yet: the list is on its way. Send the statement later.");
  }

  @Test
  void whatThereIsMayChange() {
    coming.know(Routing.toOnly("bi"), Map.of("bi", queues()));
    assertThatCode(() -> coming.check(ANN, "bi")).doesNotThrowAnyException();
    coming.know(Routing.toOnly("loads"), Map.of("loads", queues()));
    assertThatCode(() -> coming.check(ANN, "loads")).doesNotThrowAnyException();
    assertThat(catchThrowableOfType(SluiceException.class, () -> coming.check(ANN, "bi")).code())
        .isEqualTo(ErrorCode.CLUSTER_NOT_FOUND);
  }
}
