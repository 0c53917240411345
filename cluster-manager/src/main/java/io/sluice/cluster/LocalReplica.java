package io.sluice.cluster;

import io.sluice.spark.SparkEndpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Spark server and its supervisor, which ends it when {@link #lifeline} closes. */
final class LocalReplica {

  /** Nothing else of the gateway's environment, which may hold secrets, reaches Spark. */
  private static final Set<String> INHERITED = Set.of("PATH", "HOME", "LANG", "LC_ALL");

  /** Where Spark reads the key that its clients must show. */
  private static final String TOKEN_VARIABLE = "SPARK_CONNECT_AUTHENTICATE_TOKEN";

  private static final int LAST_LINES = 20;
  private static final long POLL_MILLIS = 50;

  private final Process supervisor;
  private final OutputStream lifeline;
  private final ReplicaLog log;
  private final String token;

  private LocalReplica(Process supervisor, ReplicaLog log, String token) {
    this.supervisor = supervisor;
    this.lifeline = supervisor.getOutputStream();
    this.log = log;
    this.token = token;
  }

  static LocalReplica start(List<String> command, Path directory, ReplicaLog log, String token)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.file().toFile());
    builder.environment().keySet().retainAll(INHERITED);
    builder.environment().put(TOKEN_VARIABLE, token);
    LocalReplica replica = new LocalReplica(builder.start(), log, token);
    // If somebody killed the supervisor alone, Spark has to go too.
    replica.supervisor.onExit().thenRun(replica::stop);
    return replica;
  }

  CompletableFuture<SparkEndpoint> awaitPort(
      Executor blocking, ScheduledExecutorService scheduler, Duration limit) {
    CompletableFuture<SparkEndpoint> endpoint = new CompletableFuture<>();
    onExit()
        .thenAccept(
            reason ->
                endpoint.completeExceptionally(
                    new ReplicaStartException(
                        reason + " while it started", log.lastLines(LAST_LINES), null)));
    scheduler.schedule(
        () -> {
          if (endpoint.completeExceptionally(
              new ReplicaStartException(
                  "Spark did not listen within " + limit.toSeconds() + " s",
                  log.lastLines(LAST_LINES),
                  null))) {
            stop();
          }
        },
        limit.toMillis(),
        TimeUnit.MILLISECONDS);
    poll(endpoint, blocking, scheduler);
    return endpoint;
  }

  private void poll(
      CompletableFuture<SparkEndpoint> endpoint,
      Executor blocking,
      ScheduledExecutorService scheduler) {
    if (endpoint.isDone()) {
      return;
    }
    try {
      OptionalInt port = log.port();
      if (port.isPresent()) {
        endpoint.complete(new SparkEndpoint("127.0.0.1", port.getAsInt(), token));
        return;
      }
    } catch (IOException e) {
      if (endpoint.completeExceptionally(
          new ReplicaStartException("Spark's log cannot be read", List.of(), e))) {
        stop();
      }
      return;
    }
    scheduler.schedule(
        () -> blocking.execute(() -> poll(endpoint, blocking, scheduler)),
        POLL_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  /** Completes with how it ended, for people. */
  CompletableFuture<String> onExit() {
    return supervisor.onExit().thenApply(process -> reason(process.exitValue()));
  }

  private static String reason(int status) {
    return switch (status) {
      case 3 -> "Spark ran out of memory";
      case 128 + 9 -> "Spark was killed";
      case 128 + 15 -> "Spark was told to end";
      default -> "Spark ended with status " + status;
    };
  }

  /** Returns Spark's process, below the supervisor. */
  Stream<ProcessHandle> processes() {
    return supervisor
        .descendants()
        .filter(process -> process.info().command().orElse("").endsWith("java"));
  }

  CompletableFuture<Void> stop() {
    try {
      lifeline.close();
    } catch (IOException e) {
      // The supervisor is gone; so is the pipe.
    }
    return supervisor.onExit().thenApply(process -> null);
  }
}
