package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.router.AdmissionLimits;
import io.sluice.router.Routing;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClustersTest {

  private static final Principal ANN = new Principal("ann", Set.of());

  private final InstantSource clock = () -> Instant.EPOCH;
  private final Clusters clusters = new Clusters(() -> "the list is on its way", clock);

  @Test
  void whatIsNotKnownYetIsRefusedWithTheReason() {
    SluiceException refusal =
        catchThrowableOfType(SluiceException.class, () -> clusters.check(ANN, "bi"));
    assertThat(refusal.code()).isEqualTo(ErrorCode.CLUSTER_UNAVAILABLE);
    assertThat(refusal)
        .hasMessage(
            "The clusters are not known yet: the list is on its way. Send the statement later.");
  }

  @Test
  void whatThereIsMayChange() {
    clusters.know(Routing.toOnly("bi"), Map.of("bi", queues()));
    assertThatCode(() -> clusters.check(ANN, "bi")).doesNotThrowAnyException();
    clusters.know(Routing.toOnly("loads"), Map.of("loads", queues()));
    assertThatCode(() -> clusters.check(ANN, "loads")).doesNotThrowAnyException();
    assertThat(catchThrowableOfType(SluiceException.class, () -> clusters.check(ANN, "bi")).code())
        .isEqualTo(ErrorCode.CLUSTER_NOT_FOUND);
  }

  private Clusters.Queues queues() {
    StatementQueue queue =
        new StatementQueue(
            new AdmissionLimits(1, 1, Duration.ofMinutes(1)),
            () -> new ClusterSnapshot("c", List.of(), ""),
            clock);
    return new Clusters.Queues(queue, queue);
  }
}
