package io.sluice.testkit.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.HttpURLConnection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Does in a namespace what the Spark operator, the scheduler and the kubelets do: an application
 * gets a driver's pod, which is given an address and becomes ready, and goes with its application.
 * What becomes of new drivers is for the test to say; nothing runs in them.
 */
final class FakeOperator implements AutoCloseable {

  /** What becomes of a driver. */
  enum Fate {
    LISTENS,
    NO_IMAGE,
    NO_QUOTA,
    NO_NODE,
    CRASHES,
    STARTS_FOR_EVER
  }

  private static final ResourceDefinitionContext APPLICATIONS =
      new ResourceDefinitionContext.Builder()
          .withGroup("spark.apache.org")
          .withVersion("v1")
          .withKind("SparkApplication")
          .withPlural("sparkapplications")
          .withNamespaced(true)
          .build();

  private final KubernetesClient client;
  private final String namespace;
  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private final SharedIndexInformer<GenericKubernetesResource> applications;
  private final Map<String, Boolean> done = new ConcurrentHashMap<>();
  private final Supplier<String> addresses;
  private volatile Fate fate = Fate.LISTENS;

  FakeOperator(KubernetesClient client, String namespace) {
    this(client, namespace, addresses());
  }

  /**
   * One whose pods have addresses that something may listen at.
   *
   * @param addresses gives each driver's
   */
  FakeOperator(KubernetesClient client, String namespace, Supplier<String> addresses) {
    this.client = client;
    this.namespace = namespace;
    this.addresses = addresses;
    this.applications =
        client
            .genericKubernetesResources(APPLICATIONS)
            .inNamespace(namespace)
            .runnableInformer(0)
            .exceptionHandler((started, failure) -> true)
            .addEventHandler(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(GenericKubernetesResource application) {
                    executor.execute(() -> submit(application));
                  }

                  @Override
                  public void onUpdate(
                      GenericKubernetesResource before, GenericKubernetesResource application) {}

                  @Override
                  public void onDelete(GenericKubernetesResource application, boolean unknown) {
                    executor.execute(() -> clean(application.getMetadata().getName()));
                  }
                });
    applications.start().toCompletableFuture().join();
  }

  private static Supplier<String> addresses() {
    AtomicInteger next = new AtomicInteger(1);
    return () -> "10.0.0." + next.getAndIncrement();
  }

  /** Says what becomes of the drivers from now on. */
  FakeOperator fate(Fate next) {
    fate = next;
    return this;
  }

  /** Returns the names of all applications that there ever were. */
  Set<String> submitted() {
    return Set.copyOf(done.keySet());
  }

  private void submit(GenericKubernetesResource application) {
    String name = application.getMetadata().getName();
    if (done.putIfAbsent(name, true) != null) {
      return;
    }
    if (fate == Fate.NO_QUOTA) {
      state(
          name,
          "SchedulingFailure",
          "pods \"" + name + "-0-driver\" is forbidden: exceeded quota: small\n\tat java.lang");
      return;
    }
    state(name, "DriverRequested", "");
    client.resource(driver(application)).create();
    if (fate == Fate.LISTENS) {
      listen(name);
    } else if (fate == Fate.NO_IMAGE) {
      status(name, waiting("ImagePullBackOff", "Back-off pulling image \"nowhere/spark\""));
    } else if (fate == Fate.NO_NODE) {
      status(name, unschedulable());
    } else if (fate == Fate.CRASHES) {
      crash(name, 1);
    }
  }

  private static PodStatus unschedulable() {
    return new PodStatusBuilder()
        .withPhase("Pending")
        .addNewCondition()
        .withType("PodScheduled")
        .withStatus("False")
        .withReason("Unschedulable")
        .withMessage("0/3 nodes are available: 3 Insufficient memory.")
        .endCondition()
        .build();
  }

  /**
   * Has a driver make an executor, which no node takes.
   *
   * @return its pod's name
   */
  String executor(String application) {
    Pod driver = client.pods().inNamespace(namespace).withName(application + "-0-driver").get();
    String name = application + "-exec-1";
    client
        .resource(
            new PodBuilder(driver)
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .withLabels(driver.getMetadata().getLabels())
                .addToLabels("spark-role", "executor")
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("Pod")
                .withName(driver.getMetadata().getName())
                .withUid(driver.getMetadata().getUid())
                .endOwnerReference()
                .endMetadata()
                .withStatus(null)
                .build())
        .create();
    podStatus(name, unschedulable());
    return name;
  }

  /** Has a pod run. */
  void run(String pod) {
    podStatus(pod, new PodStatusBuilder().withPhase("Running").build());
  }

  /** Has a driver listen. */
  void listen(String name) {
    state(name, "DriverStarted", "");
    status(
        name,
        new PodStatusBuilder()
            .withPhase("Running")
            .withPodIP(addresses.get())
            .addNewCondition()
            .withType("Ready")
            .withStatus("True")
            .endCondition()
            .build());
    state(name, "DriverReady", "");
  }

  /** Ends a driver's process. */
  void crash(String name, int status) {
    status(
        name,
        new PodStatusBuilder()
            .withPhase("Failed")
            .withContainerStatuses(
                container()
                    .withNewState()
                    .withNewTerminated()
                    .withExitCode(status)
                    .withReason("Error")
                    .endTerminated()
                    .endState()
                    .build())
            .build());
    state(name, "Failed", "");
  }

  private static PodStatus waiting(String reason, String message) {
    ContainerStatus status =
        container()
            .withNewState()
            .withNewWaiting()
            .withReason(reason)
            .withMessage(message)
            .endWaiting()
            .endState()
            .build();
    return new PodStatusBuilder().withPhase("Pending").withContainerStatuses(status).build();
  }

  private static ContainerStatusBuilder container() {
    return new ContainerStatusBuilder()
        .withName("spark-kubernetes-driver")
        .withImage("spark")
        .withImageID("")
        .withReady(false)
        .withRestartCount(0);
  }

  private static Pod driver(GenericKubernetesResource application) {
    Map<String, String> labels = new LinkedHashMap<>();
    Map<String, String> configuration = application.get("spec", "sparkConf");
    configuration.forEach(
        (key, value) -> {
          String prefix = "spark.kubernetes.driver.label.";
          if (key.startsWith(prefix)) {
            labels.put(key.substring(prefix.length()), value);
          }
        });
    labels.put("spark-role", "driver");
    labels.put("spark.operator/spark-app-name", application.getMetadata().getName());
    return new PodBuilder()
        .withNewMetadata()
        .withName(application.getMetadata().getName() + "-0-driver")
        .withNamespace(application.getMetadata().getNamespace())
        .withLabels(labels)
        .endMetadata()
        .withNewSpec()
        .withAutomountServiceAccountToken(false)
        .addNewContainer()
        .withName("spark-kubernetes-driver")
        .withImage("spark")
        .endContainer()
        .endSpec()
        .build();
  }

  private void status(String application, PodStatus status) {
    podStatus(application + "-0-driver", status);
  }

  private void podStatus(String name, PodStatus status) {
    unlessGone(
        () ->
            client
                .pods()
                .inNamespace(namespace)
                .withName(name)
                .editStatus(
                    pod -> {
                      Pod edited = new PodBuilder(pod).build();
                      edited.setStatus(status);
                      return edited;
                    }));
  }

  private void state(String name, String state, String message) {
    unlessGone(
        () ->
            client
                .genericKubernetesResources(APPLICATIONS)
                .inNamespace(namespace)
                .withName(name)
                .editStatus(
                    application -> {
                      Map<String, Object> current = new LinkedHashMap<>();
                      current.put("currentStateSummary", state);
                      current.put("message", message);
                      application.setAdditionalProperty("status", Map.of("currentState", current));
                      return application;
                    }));
  }

  private void clean(String name) {
    client.pods().inNamespace(namespace).withName(name + "-0-driver").withGracePeriod(0).delete();
  }

  /** Somebody else may have deleted or changed it meanwhile. */
  private static void unlessGone(Runnable edit) {
    while (true) {
      try {
        edit.run();
        return;
      } catch (KubernetesClientException answer) {
        if (answer.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
          return;
        }
        if (answer.getCode() != HttpURLConnection.HTTP_CONFLICT) {
          throw answer;
        }
      }
    }
  }

  @Override
  public void close() {
    applications.close();
    executor.shutdownNow();
  }
}
