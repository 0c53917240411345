package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a cluster's provisioner asks of the API server: again, after 0.5, 1, 2 … 10 s, until it is
 * heard or not wanted any longer.
 */
final class ApplicationRequests {

  private static final Logger LOG = LoggerFactory.getLogger(ApplicationRequests.class);
  private static final Duration FIRST_WAIT = Duration.ofMillis(500);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
  private static final Duration SHOWN_AFTER = Duration.ofSeconds(2);
  private static final String APPLICATIONS = "SparkApplications";

  private final KubernetesSettings settings;
  private final ConnectKey key;
  private final KubernetesClient client;
  private final WarmDrivers warm;
  private final Executor blocking;
  private final ScheduledExecutorService scheduler;
  private final Asker asker;

  /** Who asks; called on threads that may block. */
  interface Asker {

    /** Returns whether one that the API server does not have yet is to be asked for still. */
    boolean isWanted(KubernetesReplica replica);

    /** The API server has it, for this cluster. */
    void created(KubernetesReplica replica);

    /** It cannot be had. */
    void refused(KubernetesReplica replica, String reason);

    /** Returns whether one is to be deleted still. */
    boolean isToBeDeleted(KubernetesReplica replica);

    /** The API server was told a while ago that it is to go. */
    void deleted(KubernetesReplica replica);
  }

  /**
   * Asks for nothing yet.
   *
   * @param blocking for calls of the API server
   * @param scheduler times repetitions
   */
  ApplicationRequests(
      KubernetesSettings settings,
      KubernetesClient client,
      WarmDrivers warm,
      Executor blocking,
      ScheduledExecutorService scheduler,
      Asker asker) {
    this.settings = settings;
    this.key = new ConnectKey(settings);
    this.client = client;
    this.warm = warm;
    this.blocking = blocking;
    this.scheduler = scheduler;
    this.asker = asker;
  }

  /** Has a replica's application made; does not block, as what follows does not. */
  void create(KubernetesReplica replica, GenericKubernetesResource manifest) {
    blocking.execute(() -> create(replica, manifest, FIRST_WAIT));
  }

  private void create(
      KubernetesReplica replica, GenericKubernetesResource manifest, Duration wait) {
    if (!asker.isWanted(replica)) {
      return;
    }
    try {
      key.read();
      client.resource(manifest).create();
      asker.created(replica);
    } catch (KubernetesClientException answer) {
      if (answer.getCode() == Refusals.CONFLICT && isOurs(manifest)) {
        asker.created(replica);
        return;
      }
      Optional<String> refused = Refusals.why(answer, "create", APPLICATIONS);
      if (refused.isPresent()) {
        asker.refused(replica, refused.get());
        return;
      }
      LOG.warn("replica {}: cannot be created now: {}", replica.id, Refusals.message(answer));
      later(wait, () -> create(replica, manifest, longer(wait)));
    } catch (IOException unreadable) {
      asker.refused(replica, key.missing());
    }
  }

  /** An answer may be lost although the question was heard. */
  private boolean isOurs(GenericKubernetesResource manifest) {
    try {
      GenericKubernetesResource there = application(manifest.getMetadata().getName()).get();
      return there != null
          && SparkApplications.start(there).equals(SparkApplications.start(manifest));
    } catch (KubernetesClientException unknown) {
      return false;
    }
  }

  /** Has a pool's driver, which was taken, become a replica. */
  void claim(KubernetesReplica replica, GenericKubernetesResource driver) {
    String start = UUID.randomUUID().toString();
    blocking.execute(() -> claim(replica, driver, start, FIRST_WAIT));
  }

  private void claim(
      KubernetesReplica replica, GenericKubernetesResource driver, String start, Duration wait) {
    if (!asker.isWanted(replica)) {
      warm.release(driver);
      return;
    }
    try {
      key.read();
      if (warm.claim(driver, settings, start)) {
        asker.created(replica);
      } else {
        asker.refused(
            replica, "Spark that was kept ready is not there for this cluster any longer");
      }
    } catch (KubernetesClientException answer) {
      LOG.warn("replica {}: cannot be claimed now: {}", replica.id, Refusals.message(answer));
      later(wait, () -> claim(replica, driver, start, longer(wait)));
    } catch (IOException unreadable) {
      warm.lose(driver);
      asker.refused(replica, key.missing());
    }
  }

  /** Has a replica's application deleted. */
  void delete(KubernetesReplica replica) {
    blocking.execute(() -> delete(replica, FIRST_WAIT));
  }

  private void delete(KubernetesReplica replica, Duration wait) {
    if (!asker.isToBeDeleted(replica)) {
      return;
    }
    try {
      application(replica.id.value())
          .withPropagationPolicy(DeletionPropagation.BACKGROUND)
          .delete();
      // It may have come and gone before the watch showed it.
      later(SHOWN_AFTER, () -> asker.deleted(replica));
    } catch (KubernetesClientException answer) {
      Optional<String> refused = Refusals.why(answer, "delete", APPLICATIONS);
      LOG.warn(
          "replica {}: cannot be deleted now: {}",
          replica.id,
          refused.orElseGet(() -> Refusals.message(answer)));
      later(wait, () -> delete(replica, longer(wait)));
    }
  }

  private Resource<GenericKubernetesResource> application(String name) {
    return client
        .genericKubernetesResources(SparkApplications.CONTEXT)
        .inNamespace(settings.namespace())
        .withName(name);
  }

  private void later(Duration wait, Runnable task) {
    scheduler.schedule(() -> blocking.execute(task), wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Duration longer(Duration wait) {
    Duration doubled = wait.multipliedBy(2);
    return doubled.compareTo(LONGEST_WAIT) < 0 ? doubled : LONGEST_WAIT;
  }
}
