package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the API server's objects say of a replica.
 *
 * @param reason for people: what it waits for, or why it ended
 * @param address of the driver; empty unless it listens
 */
record Sighting(Stage stage, String reason, String address) {

  enum Stage {
    /** On its way. */
    STARTING,
    /** Its driver listens. */
    LISTENING,
    /** Its driver ended, or will never run. */
    ENDED
  }

  /** What a container waits for in vain. */
  private static final Set<String> HOPELESS =
      Set.of(
          "ImagePullBackOff",
          "InvalidImageName",
          "ErrImageNeverPull",
          "CreateContainerConfigError",
          "CreateContainerError",
          "RunContainerError");

  private static final Set<String> ENDS =
      Set.of(
          "Succeeded",
          "Failed",
          "DriverEvicted",
          "SchedulingFailure",
          "DriverStartTimedOut",
          "DriverReadyTimedOut",
          "ExecutorsStartTimedOut",
          "ResourceReleased",
          "TerminatedWithoutReleaseResources");

  private static final int OUT_OF_MEMORY = 3;
  private static final int LONGEST_REASON = 400;

  static Sighting of(GenericKubernetesResource application, @Nullable Pod driver) {
    Optional<Sighting> ofDriver = driver == null ? Optional.empty() : ofDriver(driver);
    if (ofDriver.isPresent() && ofDriver.get().stage == Stage.ENDED) {
      return ofDriver.get();
    }
    if (application.getMetadata().getDeletionTimestamp() != null) {
      return ended("Spark was told to end");
    }
    String state = text(application, "currentStateSummary");
    if (ENDS.contains(state)) {
      return ended(meaning(state, text(application, "message")));
    }
    return ofDriver.orElseGet(
        () ->
            starting(
                state.isEmpty()
                    ? "waiting for the Spark operator"
                    : "waiting for the driver's pod"));
  }

  private static String text(GenericKubernetesResource application, String field) {
    Object value = application.get("status", "currentState", field);
    return value == null ? "" : value.toString();
  }

  private static String meaning(String state, String message) {
    String what =
        switch (state) {
          case "SchedulingFailure" -> "Kubernetes refused Spark's pods";
          case "DriverStartTimedOut" -> "Spark's driver did not start in time";
          case "DriverReadyTimedOut" -> "Spark's driver did not listen in time";
          case "ExecutorsStartTimedOut" -> "Spark's executors did not start in time";
          case "DriverEvicted" -> "Spark's driver was evicted";
          case "Succeeded" -> "Spark ended";
          case "Failed" -> "Spark failed";
          default -> "Spark has ended";
        };
    return with(what, message);
  }

  private static Optional<Sighting> ofDriver(Pod driver) {
    PodStatus status = driver.getStatus();
    if (status == null) {
      return Optional.empty();
    }
    for (ContainerStatus container : status.getContainerStatuses()) {
      ContainerState state = container.getState();
      if (state != null && state.getTerminated() != null) {
        return Optional.of(ended(exit(state.getTerminated())));
      }
      if (state != null && state.getWaiting() != null && hopeless(state.getWaiting())) {
        return Optional.of(ended(waiting(state.getWaiting(), "Spark's driver")));
      }
    }
    if ("Failed".equals(status.getPhase()) || "Succeeded".equals(status.getPhase())) {
      return Optional.of(ended(with("Spark's driver ended", status.getMessage())));
    }
    if (driver.getMetadata().getDeletionTimestamp() != null) {
      return Optional.of(ended("Spark's driver was told to end"));
    }
    if (isTrue(condition(driver, "Ready")) && status.getPodIP() != null) {
      return Optional.of(new Sighting(Stage.LISTENING, "", status.getPodIP()));
    }
    // A node may yet be added for it.
    return Optional.of(
        starting(
            "Running".equals(status.getPhase())
                ? "Spark's driver does not listen yet"
                : unschedulable(driver, "Spark's driver")
                    .orElse("Spark's driver waits for its node and image")));
  }

  private static Optional<String> unschedulable(Pod pod, String who) {
    return Optional.ofNullable(condition(pod, "PodScheduled"))
        .filter(scheduled -> "Unschedulable".equals(scheduled.getReason()))
        .map(scheduled -> with("no node takes " + who, scheduled.getMessage()));
  }

  /** Returns why an executor that does not run does not. */
  static String whyPending(Pod executor) {
    return executor.getStatus().getContainerStatuses().stream()
        .map(ContainerStatus::getState)
        .filter(state -> state != null && state.getWaiting() != null)
        .map(ContainerState::getWaiting)
        .filter(Sighting::hopeless)
        .findFirst()
        .map(waiting -> waiting(waiting, "Spark's executors"))
        .or(() -> unschedulable(executor, "Spark's executors"))
        .orElse("Spark's executors wait for their nodes and image");
  }

  private static boolean hopeless(ContainerStateWaiting waiting) {
    return waiting.getReason() != null && HOPELESS.contains(waiting.getReason());
  }

  private static String waiting(ContainerStateWaiting waiting, String who) {
    return with(who + " cannot run: " + waiting.getReason(), waiting.getMessage());
  }

  private static String exit(ContainerStateTerminated terminated) {
    if ("OOMKilled".equals(terminated.getReason())
        || Integer.valueOf(OUT_OF_MEMORY).equals(terminated.getExitCode())) {
      return "Spark ran out of memory";
    }
    return with("Spark ended with status " + terminated.getExitCode(), terminated.getMessage());
  }

  private static @Nullable PodCondition condition(Pod pod, String type) {
    return pod.getStatus().getConditions().stream()
        .filter(condition -> type.equals(condition.getType()))
        .findFirst()
        .orElse(null);
  }

  private static boolean isTrue(@Nullable PodCondition condition) {
    return condition != null && "True".equals(condition.getStatus());
  }

  private static Sighting starting(String reason) {
    return new Sighting(Stage.STARTING, reason, "");
  }

  private static Sighting ended(String reason) {
    return new Sighting(Stage.ENDED, reason, "");
  }

  /** A message of the operator's may be a stack trace; its first line says what is wrong. */
  private static String with(String what, @Nullable String message) {
    if (message == null || message.isBlank()) {
      return what;
    }
    String line = message.strip().lines().findFirst().orElse("");
    return what
        + " ("
        + (line.length() > LONGEST_REASON ? line.substring(0, LONGEST_REASON) + "…" : line)
        + ")";
  }
}
