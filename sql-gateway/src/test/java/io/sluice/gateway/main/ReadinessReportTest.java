package io.sluice.gateway.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.http.HttpDoor.Readiness;
import io.sluice.gateway.identity.UsersWatch;
import io.sluice.gateway.main.ReadinessReport.ClusterState;
import io.sluice.planner.policy.PolicyHealth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadinessReportTest {

  private static final PolicyHealth GOOD = new PolicyHealth(true, "v", List.of());
  private static final ClusterState READY = new ClusterState("main", false, true, false);
  private static final ClusterState STARTING = new ClusterState("main", false, false, true);
  private static final ClusterState GONE = new ClusterState("main", false, false, false);

  private static Readiness report(
      boolean listed, boolean comeAndGo, List<ClusterState> clusters, PolicyHealth policies) {
    return ReadinessReport.of(listed, comeAndGo, clusters, policies, UsersWatch.Health.FIXED);
  }

  @Test
  void aUsersFileThatCannotBeUsedIsToldOfWithoutTheReason() {
    UsersWatch.Health refused =
        new UsersWatch.Health(Optional.of("user 'ann': secret"), Optional.empty());
    assertThat(ReadinessReport.of(true, false, List.of(READY), GOOD, refused))
        .isEqualTo(
            new Readiness(
                true,
                List.of("users: their file was refused, those before it hold; the log says why")));
  }

  @Test
  void allIsWell() {
    assertThat(report(true, false, List.of(READY), GOOD)).isEqualTo(new Readiness(true, List.of()));
  }

  @Test
  void aGatewayThatDoesNotKnowItsClustersServesNothing() {
    assertThat(report(false, false, List.of(READY), GOOD))
        .isEqualTo(
            new Readiness(
                false, List.of("clusters: it is not known yet which there are; the log says why")))
        .isEqualTo(report(false, true, List.of(READY), GOOD));
    assertThat(report(true, true, List.of(), GOOD))
        .isEqualTo(new Readiness(true, List.of("clusters: none is defined")));
  }

  @Test
  void aGatewayThatStopsSaysSo() {
    assertThat(ReadinessReport.stopping())
        .isEqualTo(new Readiness(false, List.of("gateway: it is stopping")));
  }

  @Test
  void aSparkThatIsNotThereIsToldWithoutItsReason() {
    Readiness starting = report(true, false, List.of(STARTING), GOOD);
    assertThat(starting.ready()).isFalse();
    assertThat(starting.problems())
        .containsExactly("cluster: Spark is starting or does not answer");
    assertThat(report(true, false, List.of(GONE), GOOD).problems())
        .containsExactly("cluster: there is no Spark server");
  }

  /** Else all of several gateways are taken out of service at once. */
  @Test
  void clustersThatOthersDefineAreToldOfAndDecideNothing() {
    assertThat(report(true, true, List.of(STARTING), GOOD))
        .isEqualTo(new Readiness(true, List.of("cluster: Spark is starting or does not answer")));
    ClusterState payroll = new ClusterState("payroll", true, false, false);
    assertThat(report(true, true, List.of(payroll), GOOD).ready()).isTrue();
    PolicyHealth none = new PolicyHealth(false, "", List.of());
    assertThat(report(true, true, List.of(READY), none).ready()).isFalse();
  }

  @Test
  void aClusterBesideOneThatServesIsNamed() {
    ClusterState loads = new ClusterState("loads", false, false, true);
    Readiness serving = report(true, false, List.of(READY, loads), GOOD);
    assertThat(serving.ready()).isTrue();
    assertThat(serving.problems())
        .containsExactly("cluster loads: Spark is starting or does not answer");
  }

  /** Whatever becomes of it, what anybody is told is what they would be told without it. */
  @Test
  void aRestrictedClusterChangesNothingOfWhatIsTold() {
    ClusterState loads = new ClusterState("loads", false, false, true);
    for (List<ClusterState> open :
        List.of(List.of(READY), List.of(STARTING), List.of(GONE, loads), List.of(READY, loads))) {
      for (boolean serves : List.of(true, false)) {
        List<ClusterState> all = new ArrayList<>(open);
        all.add(0, new ClusterState("payroll", true, serves, !serves));
        all.add(new ClusterState("audit", true, serves, false));
        assertThat(report(true, false, all, GOOD)).isEqualTo(report(true, false, open, GOOD));
      }
    }
  }

  @Test
  void whereAllAreRestrictedAnyThatServesWillDo() {
    ClusterState serving = new ClusterState("payroll", true, true, false);
    ClusterState starting = new ClusterState("audit", true, false, true);
    ClusterState gone = new ClusterState("night", true, false, false);
    assertThat(report(true, false, List.of(starting, serving), GOOD))
        .isEqualTo(new Readiness(true, List.of()));
    for (List<ClusterState> none : List.of(List.of(starting, gone), List.of(gone))) {
      assertThat(report(true, false, none, GOOD))
          .isEqualTo(new Readiness(false, List.of("gateway: no statement can run now")));
    }
  }

  @Test
  void brokenPoliciesAreNamedWithoutTheirRules() {
    List<PolicyHealth.Problem> problems =
        List.of(
            new PolicyHealth.Problem(
                "lake.json", "lake.json: policy 7: row filter o_secret = 1 names no column"));
    Readiness serving = report(true, false, List.of(READY), new PolicyHealth(true, "v", problems));
    assertThat(serving.ready()).isTrue();
    assertThat(serving.problems())
        .containsExactly(
            "policies: lake.json was refused, the last good set holds; the log says why");
    Readiness closed = report(true, false, List.of(READY), new PolicyHealth(false, "", problems));
    assertThat(closed.ready()).isFalse();
    assertThat(closed.problems())
        .containsExactly("policies: lake.json was refused, nothing is allowed; the log says why");
    Readiness early = report(true, false, List.of(READY), new PolicyHealth(false, "", List.of()));
    assertThat(early.problems()).containsExactly("policies: none are loaded yet");
  }
}
