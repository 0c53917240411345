package io.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.planner.Namespace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionRegistryTest {

  private static final Principal ANN = new Principal("ann", Set.of());

  private Instant now = Instant.parse("2026-11-22T12:00:00Z");
  private final Set<Session> busy = new HashSet<>();
  private final List<Session> closed = new ArrayList<>();
  private final SessionRegistry sessions = registry();

  private SessionRegistry registry() {
    SessionRegistry registry =
        new SessionRegistry(
            new Namespace("lake", "tpch"), Duration.ofHours(1), () -> now, busy::contains);
    registry.onClose(closed::add);
    return registry;
  }

  @Test
  void aSessionIsFoundByItsOwnPrincipalOnly() {
    Session session = sessions.at(Door.FLIGHT).open(ANN, "127.0.0.1");
    assertThat(sessions.find(session.id(), "ann")).containsSame(session);
    assertThat(sessions.find(session.id(), "bob")).isEmpty();
    assertThat(sessions.find(session.id(), "ANN")).isEmpty();
    assertThat(session.namespace()).isEqualTo(new Namespace("lake", "tpch"));
  }

  @Test
  void sessionsAreCountedByTheDoorThatTheyWereOpenedAt() {
    sessions.at(Door.HIVE).open(ANN, "");
    sessions.at(Door.HIVE).open(ANN, "");
    Session gone = sessions.at(Door.REST).open(ANN, "");
    sessions.close(gone.id());
    assertThat(gone.door()).isEqualTo(Door.REST);
    assertThat(sessions.sizes())
        .isEqualTo(Map.of(Door.FLIGHT, 0, Door.REST, 0, Door.AVATICA, 0, Door.HIVE, 2));
  }

  @Test
  void eachUseSlidesTheExpiryAndARunningStatementHoldsIt() {
    Session used = sessions.at(Door.FLIGHT).open(ANN, "");
    Session idle = sessions.at(Door.FLIGHT).open(ANN, "");
    Session running = sessions.at(Door.FLIGHT).open(ANN, "");
    busy.add(running);
    now = now.plus(Duration.ofMinutes(50));
    assertThat(sessions.find(used.id(), "ann")).isPresent();
    now = now.plus(Duration.ofMinutes(50));
    sessions.expire();
    assertThat(closed).containsExactly(idle);
    assertThat(sessions.find(idle.id(), "ann")).isEmpty();
    assertThat(sessions.find(used.id(), "ann")).isPresent();
    assertThat(sessions.find(running.id(), "ann")).isPresent();
  }

  @Test
  void aLoginThatHoldsNoLongerOpensAndFindsNothing() {
    Set<Principal> former = new HashSet<>();
    SessionRegistry checked =
        new SessionRegistry(
            new Namespace("lake", "tpch"),
            Duration.ofHours(1),
            () -> now,
            busy::contains,
            (principal, cluster) -> {},
            principal -> !former.contains(principal));
    Principal bob = new Principal("bob", Set.of());
    Session of = checked.at(Door.FLIGHT).open(ANN, "");
    Session others = checked.at(Door.FLIGHT).open(bob, "");
    former.add(ANN);
    assertThat(checked.find(of.id(), "ann")).isEmpty();
    assertThatThrownBy(() -> checked.at(Door.HIVE).open(ANN, ""))
        .hasMessageContaining("changed or taken away since the login");
    assertThat(checked.size()).isEqualTo(2);
    Session anew = checked.at(Door.HIVE).open(new Principal("ann", Set.of("bi")), "");
    checked.closeFormer(Set.of("ann"));
    assertThat(of.isClosed()).isTrue();
    assertThat(others.isClosed()).isFalse();
    assertThat(anew.isClosed()).isFalse();
  }

  @Test
  void closingTellsTheListenersOnce() {
    Session session = sessions.at(Door.FLIGHT).open(ANN, "");
    sessions.close(session.id());
    sessions.close(session.id());
    assertThat(closed).containsExactly(session);
  }

  @Test
  void aSessionWhoseConnectionLivesIsNotClosedForAnother() {
    List<Session> connected = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      Session session = sessions.at(Door.HIVE).open(ANN, "");
      session.tieToConnection();
      connected.add(session);
    }
    for (int i = 0; i < 1001; i++) {
      now = now.plusSeconds(1);
      sessions.at(Door.FLIGHT).open(ANN, "");
    }
    assertThat(closed).hasSize(1).doesNotContainAnyElementsOf(connected);
  }

  @Test
  void onePrincipalCannotFillTheGateway() {
    Session unused = sessions.at(Door.FLIGHT).open(ANN, "");
    now = now.plusSeconds(1);
    busy.add(unused);
    for (int i = 1; i < 1000; i++) {
      busy.add(sessions.at(Door.FLIGHT).open(ANN, ""));
    }
    assertThatThrownBy(() -> sessions.at(Door.FLIGHT).open(ANN, ""))
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.QUEUE_FULL));
    assertThat(sessions.at(Door.FLIGHT).open(new Principal("bob", Set.of()), "")).isNotNull();
    busy.clear();
    assertThat(sessions.at(Door.FLIGHT).open(ANN, "")).isNotNull();
    assertThat(closed).as("the one not used for longest").containsExactly(unused);
  }
}
