package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.SessionRegistry;
import io.sluice.model.Principal;
import io.sluice.model.ReplicaId;
import io.sluice.planner.Namespace;
import io.sluice.spark.SparkSession;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
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

  private Session open(String user) {
    return registry.open(new Principal(user, Set.of()), "");
  }

  private SparkSession use(Session session, ReplicaId replica) {
    try (SparkSessions.Lease lease = lease(session, replica).join()) {
      return lease.session();
    }
  }

  private CompletableFuture<SparkSessions.Lease> lease(Session session, ReplicaId replica) {
    return pool.lease(
        session,
        session.configuration(),
        session.variables().all(),
        session.variables(),
        replica,
        spark);
  }
}
