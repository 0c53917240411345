package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Of several gateways at most one leads: the one that holds a Lease. One that cannot renew it stops
 * leading before another may begin, and stands again.
 */
final class Leadership implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

  private final KubernetesClient client;
  private final LeaderElectionConfig config;
  private final Executor executor;
  private final Object lock = new Object();
  private @Nullable CompletableFuture<?> candidacy;
  private boolean closed;
  private volatile boolean leading;

  /**
   * Stands for election.
   *
   * @param identity of this gateway, which no other one has
   * @param term how long a Lease holds that is not renewed
   * @param changed is told whether this gateway leads when it begins or ceases to; must not block
   */
  Leadership(
      KubernetesClient client,
      String namespace,
      String lease,
      String identity,
      Duration term,
      Executor executor,
      Consumer<Boolean> changed) {
    this.client = client;
    this.executor = executor;
    this.config =
        new LeaderElectionConfigBuilder()
            .withName(lease)
            .withLock(new LeaseLock(namespace, lease, identity))
            .withLeaseDuration(term)
            .withRenewDeadline(term.multipliedBy(2).dividedBy(3))
            .withRetryPeriod(term.dividedBy(8))
            .withReleaseOnCancel(true)
            .withLeaderCallbacks(
                new LeaderCallbacks(
                    () -> {
                      leading = true;
                      changed.accept(true);
                    },
                    () -> {
                      leading = false;
                      changed.accept(false);
                    },
                    leader -> LOG.info("gateway {} leads", leader)))
            .build();
    stand();
  }

  private void stand() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      CompletableFuture<?> next = new LeaderElector(client, config, executor).start();
      candidacy = next;
      // It ends when the Lease was lost.
      next.whenCompleteAsync((done, failure) -> stand(), executor);
    }
  }

  boolean isLeader() {
    return leading;
  }

  /** Gives the Lease up, for another gateway to take at once. */
  @Override
  public void close() {
    CompletableFuture<?> last;
    synchronized (lock) {
      closed = true;
      last = candidacy;
    }
    if (last != null) {
      last.cancel(true);
    }
  }
}
