package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What there is of Sluice's replicas in a namespace, whichever gateway started them; one for all
 * clusters there. It keeps what it knows while the API server is away.
 */
public final class NamespaceWatch implements AutoCloseable {

  private final String namespace;
  private final Watched<GenericKubernetesResource> applications;
  private final Watched<Pod> drivers;
  private final Watched<Pod> executors;
  private final Map<String, Runnable> listeners = new ConcurrentHashMap<>();

  /**
   * Begins to watch; what there is comes soon.
   *
   * @param state where what was known last is kept, if it is; nobody else may look into it
   */
  public NamespaceWatch(
      KubernetesClient client, String namespace, Optional<Path> state, InstantSource clock) {
    this.namespace = namespace;
    String applicationsHere = "SparkApplications in namespace " + namespace;
    String driversHere = "pods in namespace " + namespace;
    this.applications =
        new Watched<>(
            applicationsHere,
            client
                .genericKubernetesResources(SparkApplications.CONTEXT)
                .inNamespace(namespace)
                .withLabel(SparkApplications.CLUSTER_LABEL),
            this::applicationChanged,
            state.map(
                folder ->
                    LastKnown.of(
                        folder, applicationsHere, GenericKubernetesResource.class, client, clock)));
    this.drivers =
        new Watched<>(
            driversHere,
            client
                .pods()
                .inNamespace(namespace)
                .withLabel(SparkApplications.CLUSTER_LABEL)
                .withLabel(SparkApplications.ROLE_LABEL, "driver"),
            this::driverChanged,
            state.map(folder -> LastKnown.of(folder, driversHere, Pod.class, client, clock)));
    // Looked at now and then: they come and go with the statements.
    this.executors =
        new Watched<>(
            "executors' " + driversHere,
            client
                .pods()
                .inNamespace(namespace)
                .withLabel(SparkApplications.CLUSTER_LABEL)
                .withLabel(SparkApplications.ROLE_LABEL, "executor"),
            executor -> {});
  }

  private void applicationChanged(GenericKubernetesResource application) {
    tell(label(application, SparkApplications.CLUSTER_LABEL));
  }

  /** Whose it is its application says, which may have been claimed. */
  private void driverChanged(Pod driver) {
    tell(
        application(label(driver, SparkApplications.APPLICATION_LABEL))
            .map(application -> label(application, SparkApplications.CLUSTER_LABEL))
            .orElseGet(() -> label(driver, SparkApplications.CLUSTER_LABEL)));
  }

  private void tell(String cluster) {
    Runnable listener = listeners.get(cluster);
    if (listener != null) {
      listener.run();
    }
  }

  /** Calls back whenever anything of a cluster's may have changed. Callbacks must not block. */
  void listen(String cluster, Runnable listener) {
    listeners.put(cluster, listener);
  }

  /** Ends that, unless somebody else listens in its place. */
  void unlisten(String cluster, Runnable listener) {
    listeners.remove(cluster, listener);
  }

  /** Returns a cluster's applications in the order of their making. */
  List<GenericKubernetesResource> applications(String cluster) {
    return applications.objects().stream()
        .filter(object -> cluster.equals(label(object, SparkApplications.CLUSTER_LABEL)))
        .sorted(
            Comparator.comparing(
                    (GenericKubernetesResource object) ->
                        Optional.ofNullable(object.getMetadata().getCreationTimestamp()).orElse(""))
                .thenComparing(object -> object.getMetadata().getName().length())
                .thenComparing(object -> object.getMetadata().getName()))
        .toList();
  }

  Optional<GenericKubernetesResource> application(String name) {
    return applications.find(namespace, name);
  }

  /** Returns an application's driver; of several, the newest. */
  Optional<Pod> driver(String application) {
    return drivers.objects().stream()
        .filter(pod -> application.equals(label(pod, SparkApplications.APPLICATION_LABEL)))
        .max(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()));
  }

  /** Returns those that a driver has made, as Spark says by their owner; none while unsure. */
  List<Pod> executors(Pod driver) {
    if (!executors.trouble().isEmpty()) {
      return List.of();
    }
    return executors.objects().stream()
        .filter(
            executor ->
                executor.getMetadata().getOwnerReferences().stream()
                    .anyMatch(owner -> owner.getUid().equals(driver.getMetadata().getUid())))
        .toList();
  }

  static String label(HasMetadata object, String name) {
    Map<String, String> labels = object.getMetadata().getLabels();
    return labels == null ? "" : labels.getOrDefault(name, "");
  }

  /** Returns why what is known may be old, for people; empty when it is not. */
  public String trouble() {
    String first = applications.trouble();
    return first.isEmpty() ? drivers.trouble() : first;
  }

  /** Returns whether all that there is has been seen once. */
  public boolean isComplete() {
    return applications.isComplete() && drivers.isComplete();
  }

  /** Returns whether any of what is known is from before this gateway started. */
  boolean isRemembered() {
    return applications.isRemembered() || drivers.isRemembered();
  }

  /** Keeps what is known, for the next start; blocks. */
  void keep() {
    applications.keep();
    drivers.keep();
  }

  @Override
  public void close() {
    applications.close();
    drivers.close();
    executors.close();
  }
}
