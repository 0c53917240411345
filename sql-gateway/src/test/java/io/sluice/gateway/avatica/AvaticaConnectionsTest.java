package io.sluice.gateway.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.session.FakeSessions;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AvaticaConnectionsTest {

  private static final Caller ANN = new Caller(new Principal("ann", Set.of()), "127.0.0.1");

  private final AvaticaConnections connections =
      new AvaticaConnections(new FakeSessions(), new HeldStatements());

  @Test
  void anOpenConnectionKeepsItsCluster() {
    AvaticaConnection opened = connections.open(ANN, "c", Optional.of("bi"));
    assertThat(connections.open(ANN, "c", Optional.of("bi"))).isSameAs(opened);
    assertThat(connections.open(ANN, "c", Optional.empty())).isSameAs(opened);
    assertThatThrownBy(() -> connections.open(ANN, "c", Optional.of("loads")))
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.PROTOCOL_VIOLATION));
    connections.open(ANN, "d", Optional.empty());
    assertThatThrownBy(() -> connections.open(ANN, "d", Optional.of("bi")))
        .hasMessageContaining("named at log-in, or by SET sluice.cluster");
  }
}
