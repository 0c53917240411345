package io.sluice.gateway.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.http.HttpDoor.Readiness;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ClusterSnapshot.ReplicaStatus;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.planner.policy.PolicyHealth;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadinessReportTest {

  private static final PolicyHealth GOOD = new PolicyHealth(true, "v", List.of());
  private static final ClusterSnapshot READY = cluster(ReplicaState.READY, "");

  @Test
  void allIsWell() {
    assertThat(ReadinessReport.of(READY, GOOD)).isEqualTo(new Readiness(true, List.of()));
  }

  @Test
  void aGatewayThatStopsSaysSo() {
    assertThat(ReadinessReport.stopping())
        .isEqualTo(new Readiness(false, List.of("gateway: it is stopping")));
  }

  @Test
  void aSparkThatIsNotThereIsNamedWithoutItsReason() {
    Readiness starting =
        ReadinessReport.of(cluster(ReplicaState.STARTING, "before: secret died"), GOOD);
    assertThat(starting.ready()).isFalse();
    assertThat(starting.problems())
        .containsExactly("cluster: Spark is starting or does not answer");
    Readiness gone = ReadinessReport.of(new ClusterSnapshot("main", List.of(), "secret"), GOOD);
    assertThat(gone.problems()).containsExactly("cluster: there is no Spark server");
  }

  @Test
  void brokenPoliciesAreNamedWithoutTheirRules() {
    List<PolicyHealth.Problem> problems =
        List.of(
            new PolicyHealth.Problem(
                "lake.json", "lake.json: policy 7: row filter o_secret = 1 names no column"));
    Readiness serving = ReadinessReport.of(READY, new PolicyHealth(true, "v", problems));
    assertThat(serving.ready()).isTrue();
    assertThat(serving.problems())
        .containsExactly(
            "policies: lake.json was refused, the last good set holds; the log says why");
    Readiness closed = ReadinessReport.of(READY, new PolicyHealth(false, "", problems));
    assertThat(closed.ready()).isFalse();
    assertThat(closed.problems())
        .containsExactly("policies: lake.json was refused, nothing is allowed; the log says why");
    Readiness early = ReadinessReport.of(READY, new PolicyHealth(false, "", List.of()));
    assertThat(early.problems()).containsExactly("policies: none are loaded yet");
  }

  private static ClusterSnapshot cluster(ReplicaState state, String reason) {
    return new ClusterSnapshot(
        "main", List.of(new ReplicaStatus(new ReplicaId("one"), state, 1)), reason);
  }
}
