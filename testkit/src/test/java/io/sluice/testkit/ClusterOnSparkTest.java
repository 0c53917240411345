package io.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.ClusterManager;
import io.sluice.cluster.ClusterSettings;
import io.sluice.cluster.LocalReplicaProvisioner;
import io.sluice.cluster.autoscale.ScalingSettings;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ErrorCode;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.model.SluiceException;
import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkConnectBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of real processes, through hang, death and end. */
@Timeout(300)
class ClusterOnSparkTest {

  /** So small that a result takes several streams. */
  private static final Map<String, String> SHORT_STREAMS =
      Map.of("spark.connect.execute.reattachable.senderMaxStreamSize", "1m");

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);

  @AfterEach
  void stop() {
    executor.shutdown();
    scheduler.shutdownNow();
  }

  private static void signal(String name, ProcessHandle process) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private static CompletableFuture<ClusterSnapshot> when(
      ClusterManager cluster, Predicate<ClusterSnapshot> condition) {
    CompletableFuture<ClusterSnapshot> future = new CompletableFuture<>();
    cluster.addListener(
        snapshot -> {
          if (condition.test(snapshot)) {
            future.complete(snapshot);
          }
        });
    return future;
  }

  @Test
  void aReplicaIsMissedWhenItHangsAndReplacedWhenItDies(@TempDir Path directory) throws Exception {
    LocalReplicaProvisioner provisioner =
        new LocalReplicaProvisioner(
            SparkFixture.localSettings(directory), executor, scheduler, new SecureRandom());
    ClusterSettings settings =
        new ClusterSettings(
            "local",
            SparkFixture.spec(directory, SHORT_STREAMS),
            ScalingSettings.fixed(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(15),
            Duration.ofMillis(500),
            Duration.ofSeconds(2),
            2,
            Duration.ofMinutes(2),
            Duration.ofMinutes(1));
    ProcessHandle second;
    try (ClusterManager cluster =
        new ClusterManager(
            settings,
            provisioner,
            endpoint -> SparkConnectBackend.connect(endpoint, executor, scheduler),
            executor,
            scheduler,
            InstantSource.system())) {
      cluster.start();
      ReplicaId id = readyReplica(cluster.awaitReady().get(90, TimeUnit.SECONDS));
      SparkBackend backend = cluster.backend(id).orElseThrow();
      assertThat(count(backend)).isEqualTo(500_000);

      ProcessHandle first = provisioner.processes(id).findFirst().orElseThrow();
      assertThat(first.info().arguments().orElse(new String[0]))
          .as("nothing on the command line but the name of a file")
          .containsExactly("@arguments");
      CompletableFuture<ClusterSnapshot> unready =
          when(cluster, s -> s.replicas().stream().noneMatch(ClusterOnSparkTest::isReady));
      signal("STOP", first);
      assertThat(unready).succeedsWithin(30, TimeUnit.SECONDS);
      assertThat(first.isAlive()).isTrue();
      signal("CONT", first);
      assertThat(cluster.awaitReady()).succeedsWithin(30, TimeUnit.SECONDS);

      ResultProbe running =
          ResultProbe.of(backend.execute(request(SparkBackendContract.ENDLESS))).request(1);
      CompletableFuture<ClusterSnapshot> replaced =
          when(cluster, s -> s.replicas().stream().anyMatch(r -> isReady(r) && !r.id().equals(id)));
      signal("KILL", first);
      assertThat(running.failure())
          .isInstanceOfSatisfying(
              SluiceException.class,
              failure -> assertThat(failure.code()).isEqualTo(ErrorCode.REPLICA_LOST));
      ReplicaId next = readyReplica(replaced.get(90, TimeUnit.SECONDS));
      assertThat(count(cluster.backend(next).orElseThrow())).isEqualTo(500_000);
      second = provisioner.processes(next).findFirst().orElseThrow();
    }
    assertThat(second.onExit()).succeedsWithin(15, TimeUnit.SECONDS);
    assertThat(directory.resolve("replicas")).doesNotExist();
    assertThat(directory.resolve("logs").resolve("local-1.log")).isNotEmptyFile();
  }

  @Test
  void sparkEndsWithAGatewayThatIsKilled(@TempDir Path directory) throws Exception {
    Process gateway =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dsluice.root=" + System.getProperty("sluice.root"),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                GatewayStandIn.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String line = gateway.inputReader().readLine();
    assertThat(line).as("the process that Spark runs in").matches("[0-9]+");
    ProcessHandle spark = ProcessHandle.of(Long.parseLong(line)).orElseThrow();
    List<ProcessHandle> tree = gateway.descendants().toList();
    assertThat(tree).contains(spark);
    gateway.destroyForcibly();
    assertThat(spark.onExit()).succeedsWithin(15, TimeUnit.SECONDS);
    for (ProcessHandle process : tree) {
      assertThat(process.onExit()).succeedsWithin(15, TimeUnit.SECONDS);
    }
  }

  /** Holds a replica and prints its process. */
  static final class GatewayStandIn {

    private GatewayStandIn() {}

    public static void main(String[] arguments) throws IOException {
      ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
      Path directory = Path.of(arguments[0]);
      LocalReplicaProvisioner provisioner =
          new LocalReplicaProvisioner(
              SparkFixture.localSettings(directory), scheduler, scheduler, new SecureRandom());
      ReplicaId id = new ReplicaId("held-1");
      provisioner.start(id, SparkFixture.spec(directory, Map.of())).join();
      System.out.println(provisioner.processes(id).findFirst().orElseThrow().pid());
      System.in.read();
    }
  }

  private static boolean isReady(ClusterSnapshot.ReplicaStatus replica) {
    return replica.state() == ReplicaState.READY;
  }

  private static ReplicaId readyReplica(ClusterSnapshot snapshot) {
    return snapshot.replicas().stream()
        .filter(ClusterOnSparkTest::isReady)
        .findFirst()
        .orElseThrow()
        .id();
  }

  private static ExecuteRequest request(String sql) {
    return new ExecuteRequest(SparkFixture.session("tester"), UUID.randomUUID(), sql, List.of());
  }

  private static long count(SparkBackend backend) {
    return SparkResult.of(
            ResultProbe.of(backend.execute(request("select id from range(500000)"))).rest())
        .rows()
        .size();
  }
}
