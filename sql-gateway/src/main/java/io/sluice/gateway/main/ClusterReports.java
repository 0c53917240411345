package io.sluice.gateway.main;

import io.sluice.cluster.ClusterStatus;
import io.sluice.gateway.http.ClusterReport;

/** A cluster's status in the words of the HTTP door. */
final class ClusterReports {

  private ClusterReports() {}

  static ClusterReport of(ClusterStatus status) {
    return new ClusterReport(
        status.cluster(),
        status.policy(),
        status.min(),
        status.max(),
        status.permits(),
        status.load().running(),
        status.load().queued(),
        status.load().oldestWait().toMillis() / 1e3,
        status.standing(),
        status.replicas().stream()
            .map(
                replica ->
                    new ClusterReport.Replica(
                        replica.id().value(),
                        replica.state().name(),
                        replica.since().toString(),
                        replica.running()))
            .toList(),
        status.decisions().stream()
            .map(
                decision ->
                    new ClusterReport.Decision(
                        decision.at().toString(), decision.action(), decision.reason()))
            .toList());
  }
}
