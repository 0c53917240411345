package io.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Principal;
import io.sluice.model.SessionId;
import io.sluice.planner.Namespace;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SessionTest {

  @Test
  void twoChangesAtATimeBothCount() {
    Session session =
        new Session(
            SessionId.random(),
            new Principal("ann", Set.of()),
            "",
            new Namespace("lake", "tpch"),
            Optional.empty(),
            Door.FLIGHT);
    CompletableFuture.allOf(
            IntStream.range(0, 4)
                .mapToObj(
                    thread ->
                        CompletableFuture.runAsync(
                            () -> {
                              for (int key = 0; key < 500; key++) {
                                String name = thread + "." + key;
                                session.configure(values -> values.put(name, "1"));
                              }
                            }))
                .toArray(CompletableFuture[]::new))
        .join();
    assertThat(session.configuration()).hasSize(2000);
  }
}
