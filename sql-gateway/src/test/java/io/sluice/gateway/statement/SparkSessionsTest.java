package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.session.Door;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.SessionRegistry;
import io.sluice.model.Principal;
import io.sluice.model.ReplicaId;
import io.sluice.planner.Namespace;
import io.sluice.planner.variable.SessionVariable;
import io.sluice.spark.SparkSession;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SparkSessionsTest {

  private static final ReplicaId ONE = new ReplicaId("one");

  private Instant now = Instant.parse("2026-11-22T12:00:00Z");
  private final RecordedSpark spark = new RecordedSpark();
  private final SparkSessions pool = new SparkSessions(Duration.ofMinutes(10), () -> now);
  private final SessionRegistry registry =
      new SessionRegistry(
          new Namespace("lake", "tpch"), Duration.ofHours(1), () -> now, session -> false);

  @Test
  void cleanSessionsOfOnePrincipalShareAndPrincipalsNever() {
    SparkSession first = use(open("ann"), ONE);
    assertThat(use(open("ann"), ONE)).isEqualTo(first);
    SparkSession other = use(open("bob"), ONE);
    assertThat(other.id()).isNotEqualTo(first.id());
    assertThat(other.user()).isEqualTo("bob");
    assertThat(use(open("ann"), new ReplicaId("two")).id()).isNotEqualTo(first.id());
  }

  @Test
  void settingsPinASparkSessionThatEndsWithItsSession() {
    Session clean = open("ann");
    Session pinned = open("ann");
    SparkSession shared = use(clean, ONE);
    pinned.configure(values -> values.put("spark.sql.shuffle.partitions", "7"));
    SparkSession own = use(pinned, ONE);
    assertThat(own).isNotEqualTo(shared);
    assertThat(spark.configured).containsExactly(Map.of("spark.sql.shuffle.partitions", "7"));
    assertThat(use(pinned, ONE)).isEqualTo(own);
    assertThat(use(clean, ONE)).isEqualTo(shared);
    pool.release(pinned.id());
    assertThat(spark.released).containsExactly(own);
  }

  @Test
  void compressedResultsOfOnePrincipalShareAnotherSparkSession() {
    SparkSession plain = use(open("ann"), ONE);
    Map<String, String> zstd = Map.of(SparkSessions.CODEC, "zstd");
    SparkSession compressed = use(opened("ann", zstd), ONE);
    assertThat(compressed).isNotEqualTo(plain);
    assertThat(use(opened("ann", zstd), ONE)).isEqualTo(compressed);
    assertThat(use(opened("bob", zstd), ONE)).isNotEqualTo(compressed);
    assertThat(spark.configured).containsExactly(zstd, zstd);
    Session own = opened("ann", Map.of(SparkSessions.CODEC, "zstd", "a", "1"));
    assertThat(use(own, ONE)).isNotEqualTo(compressed);
    pool.release(own.id());
    assertThat(spark.released).hasSize(1);
  }

  private Session opened(String user, Map<String, String> configuration) {
    Session session = open(user);
    session.configure(values -> values.putAll(configuration));
    return session;
  }

  @Test
  void changedSettingsMakeANewSparkSessionOnceTheOldIsFree() {
    Session pinned = open("ann");
    pinned.configure(values -> values.put("a", "1"));
    SparkSessions.Lease running = lease(pinned, ONE).join();
    pinned.configure(values -> values.put("a", "2"));
    assertThat(use(pinned, ONE)).isNotEqualTo(running.session());
    assertThat(spark.released).isEmpty();
    running.close();
    running.close();
    assertThat(spark.released).containsExactly(running.session());
  }

  @Test
  void idleOnesAreReleasedAndBusyOnesAreNot() {
    SparkSession idle = use(open("ann"), ONE);
    SparkSessions.Lease busy = lease(open("bob"), ONE).join();
    now = now.plus(Duration.ofMinutes(11));
    pool.expire();
    assertThat(spark.released).containsExactly(idle);
    busy.close();
    assertThat(use(open("bob"), ONE)).isEqualTo(busy.session());
  }

  private static SessionVariable variable(String name, String literal) {
    return new SessionVariable(name, "int", Optional.empty(), literal, Set.of());
  }

  private SparkSession give(Session session, int declarations) {
    int before = spark.runs.size();
    CompletableFuture<SparkSessions.Lease> lease = lease(session, ONE);
    for (int run = before; run < before + declarations; run++) {
      assertThat(lease).isNotDone();
      spark.runs.get(run).complete();
    }
    assertThat(spark.runs).hasSize(before + declarations);
    try (SparkSessions.Lease done = lease.join()) {
      return done.session();
    }
  }

  @Test
  void variablesAreGivenToASparkSessionThatServesTheirSessionAlone() {
    Session clean = open("ann");
    SparkSession shared = use(clean, ONE);
    Session holder = open("ann");
    holder.keep(List.of(variable("x", "'1'"), variable("y", "'2'")), true);
    SparkSession own = give(holder, 2);
    assertThat(own).isNotEqualTo(shared);
    assertThat(spark.runs.get(0).request.sql())
        .isEqualTo("DECLARE OR REPLACE VARIABLE system.session.`x` int DEFAULT CAST('1' AS int)");
    assertThat(spark.runs).allMatch(run -> run.request.session().equals(own));
    assertThat(give(holder, 0)).isEqualTo(own);
    holder.keep(List.of(variable("X", "'3'")), false);
    assertThat(give(holder, 1)).isEqualTo(own);
    assertThat(use(clean, ONE)).isEqualTo(shared);
    pool.release(holder.id());
    assertThat(spark.released).containsExactly(own);
  }

  @Test
  void aSparkSessionWithADroppedVariableIsNotUsedAgain() {
    Session holder = open("ann");
    holder.keep(List.of(variable("x", "'1'"), variable("y", "'2'")), true);
    SparkSession before = give(holder, 2);
    holder.dropVariable("x");
    assertThat(give(holder, 1)).isNotEqualTo(before);
    assertThat(spark.released).containsExactly(before);
  }

  @Test
  void aStatementMeetsNoVariableThatItWasNotAuthorisedFor() {
    Session holder = open("ann");
    holder.configure(values -> values.put("a", "1"));
    holder.keep(List.of(variable("x", "'1'")), true);
    SparkSession named = give(holder, 1);
    try (SparkSessions.Lease other =
        pool.lease(holder, holder.configuration(), List.of(), ONE, spark).join()) {
      assertThat(other.session()).isNotEqualTo(named);
    }
  }

  @Test
  void aRunningStatementKeepsTheValuesThatItWasAnalysedWith() {
    Session holder = open("ann");
    holder.keep(List.of(variable("x", "'1'")), true);
    CompletableFuture<SparkSessions.Lease> running = lease(holder, ONE);
    spark.runs.get(0).complete();
    holder.keep(List.of(variable("x", "'2'")), false);
    SparkSession next = give(holder, 1);
    assertThat(next).isNotEqualTo(running.join().session());
    assertThat(spark.released).isEmpty();
    running.join().close();
    assertThat(spark.released).containsExactly(running.join().session());
  }

  @Test
  void oneLeasedAloneIsCountedUntilItIsReleased() {
    SparkSessions.Lease alone =
        pool.leaseAlone(open("ann"), Map.of(), List.of(), ONE, spark).join();
    assertThat(pool.size()).isEqualTo(1);
    assertThat(pool.leases()).isEqualTo(1);
    assertThat(pool.on(ONE)).containsExactly(alone.session());
    assertThat(pool.on(new ReplicaId("two"))).isEmpty();
    alone.close();
    assertThat(spark.released).containsExactly(alone.session());
    assertThat(pool.size()).isZero();
    assertThat(pool.on(ONE)).isEmpty();
    assertThat(pool.leases()).isZero();
  }

  @Test
  void oneThatSparkStillEndsIsThereForPeersToSee() {
    SparkSessions.Lease alone =
        pool.leaseAlone(open("ann"), Map.of(), List.of(), ONE, spark).join();
    spark.ended = new CompletableFuture<>();
    alone.close();
    assertThat(pool.size()).isZero();
    assertThat(pool.on(ONE)).containsExactly(alone.session());
    spark.ended.complete(null);
    assertThat(pool.on(ONE)).isEmpty();
  }

  @Test
  void aRetiredOneIsCountedUntilItIsReleased() {
    Session pinned = open("ann");
    pinned.configure(values -> values.put("a", "1"));
    SparkSessions.Lease running = lease(pinned, ONE).join();
    pool.release(pinned.id());
    assertThat(pool.size()).isEqualTo(1);
    assertThat(pool.leases()).isEqualTo(1);
    use(open("bob"), ONE);
    pool.keepOnly(List.of());
    assertThat(pool.size()).isEqualTo(1);
    running.close();
    assertThat(pool.size()).isZero();
    assertThat(pool.leases()).isZero();
  }

  @Test
  void oneThatCouldNotBeSetUpIsCountedNoMore() {
    Session holder = open("ann");
    holder.keep(List.of(variable("x", "'1'")), true);
    CompletableFuture<SparkSessions.Lease> lease = lease(holder, ONE);
    assertThat(pool.leases()).isEqualTo(1);
    spark.runs.get(0).fail(new IllegalStateException("no"));
    assertThat(lease).isCompletedExceptionally();
    assertThat(pool.size()).isZero();
    assertThat(pool.leases()).isZero();
  }

  private Session open(String user) {
    return registry.at(Door.FLIGHT).open(new Principal(user, Set.of()), "");
  }

  private SparkSession use(Session session, ReplicaId replica) {
    try (SparkSessions.Lease lease = lease(session, replica).join()) {
      return lease.session();
    }
  }

  private CompletableFuture<SparkSessions.Lease> lease(Session session, ReplicaId replica) {
    return pool.lease(session, session.configuration(), session.variables().all(), replica, spark);
  }
}
