package io.sluice.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.model.ReplicaId;
import io.sluice.model.SluiceException;
import io.sluice.spark.SparkSession;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a gateway tells its replicas of its Spark sessions. */
class SessionLedgerTest {

  private static final UUID ID = UUID.randomUUID();
  private static final ReplicaId ONE = new ReplicaId("bi-1");
  private static final ReplicaId TWO = new ReplicaId("bi-2");

  private Instant now = Instant.parse("2026-01-02T12:00:00Z");
  private final Map<ReplicaId, List<SparkSession>> sessions = new HashMap<>();
  private final FakeReplica one = new FakeReplica();
  private final FakeReplica two = new FakeReplica();
  private final SessionLedger ledger =
      new SessionLedger(ID, replica -> sessions.getOrDefault(replica, List.of()), () -> now);

  private static SparkSession session(String user) {
    return new SparkSession(UUID.randomUUID(), user);
  }

  private void hold(ReplicaId replica, int many) {
    sessions.put(
        replica,
        new ArrayList<>(IntStream.range(0, many).mapToObj(number -> session("ann")).toList()));
  }

  private List<SparkSession> held(ReplicaId replica) {
    return sessions.getOrDefault(replica, List.of());
  }

  private static int bytes(Map<String, String> written) {
    return written.entrySet().stream()
        .mapToInt(entry -> entry.getKey().length() + entry.getValue().length())
        .sum();
  }

  @Test
  void whatIsWrittenIsRead() {
    sessions.put(ONE, List.of(session("ann of \"sales\": 50 % ü"), session("bob")));
    ledger.write(Map.of(ONE, one, TWO, two));
    SessionLedger.Entry entry = SessionLedger.read(ID, one).join();
    assertThat(entry.sessions()).containsExactlyInAnyOrderElementsOf(held(ONE));
    assertThat(entry.beat()).isNotEmpty();
    assertThat(SessionLedger.read(ID, two).join().sessions()).isEmpty();
    assertThat(SessionLedger.read(UUID.randomUUID(), one).join().beat()).isEmpty();
  }

  @Test
  void ofManySessionsWhatHasNotChangedIsNotWrittenAgain() {
    hold(ONE, 10_000);
    ledger.write(Map.of(ONE, one));
    int all = bytes(one.writes.get(0));

    now = now.plusSeconds(5);
    ledger.write(Map.of(ONE, one));
    assertThat(one.writes.get(1)).hasSize(1).containsValue(now.toString());

    held(ONE).remove(17);
    held(ONE).add(session("bob"));
    ledger.write(Map.of(ONE, one));
    assertThat(bytes(one.writes.get(2))).isLessThan(all / 20);
    assertThat(SessionLedger.read(ID, one).join().sessions())
        .containsExactlyInAnyOrderElementsOf(held(ONE));
  }

  @Test
  void whatMayNotHaveBeenHeardAndWhatAnotherServerHeardIsWrittenAgain() {
    hold(ONE, 3);
    one.answer = lost();
    ledger.write(Map.of(ONE, one));
    held(ONE).clear();
    one.answer = done();
    ledger.write(Map.of(ONE, one));
    assertThat(SessionLedger.read(ID, one).join().sessions()).isEmpty();

    hold(ONE, 3);
    ledger.write(Map.of(ONE, one));
    ledger.write(Map.of(ONE, two));
    assertThat(SessionLedger.read(ID, two).join().sessions()).hasSize(3);
    ledger.write(Map.of());
    two.values.clear();
    ledger.write(Map.of(ONE, two));
    assertThat(SessionLedger.read(ID, two).join().sessions()).hasSize(3);
  }

  @Test
  void anEndIsOverWhenTheLastSessionIsReleasedAndTheLedgerGoesLast() {
    hold(ONE, 2);
    one.answer = new CompletableFuture<>();
    CompletableFuture<Boolean> end = ledger.end(Map.of(ONE, one, TWO, two));
    assertThat(end).isNotDone();
    assertThat(one.released).containsExactlyElementsOf(held(ONE));
    assertThat(two.released).extracting(SparkSession::id).containsExactly(ID);
    one.answer.complete(null);
    assertThat(end).isCompletedWithValue(true);
    assertThat(one.released).hasSize(3).last().extracting(SparkSession::id).isEqualTo(ID);
  }

  @Test
  void whereASessionWasNotReleasedTheLedgerStays() {
    hold(ONE, 2);
    one.answer = lost();
    assertThat(ledger.end(Map.of(ONE, one, TWO, two))).isCompletedWithValue(false);
    assertThat(one.released).containsExactlyElementsOf(held(ONE));
  }

  private static CompletableFuture<Void> done() {
    return CompletableFuture.completedFuture(null);
  }

  private static CompletableFuture<Void> lost() {
    return CompletableFuture.failedFuture(
        new SluiceException(ErrorCode.REPLICA_LOST, "The Spark server went away"));
  }
}
