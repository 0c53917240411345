package io.sluice.gateway.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.session.FakeSessions;
import io.sluice.gateway.statement.PreparedStatement;
import io.sluice.model.Principal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.calcite.avatica.NoSuchConnectionException;
import org.junit.jupiter.api.Test;

class HeldStatementsTest {

  private final HeldStatements held = new HeldStatements();

  private void add(String user, String connection, int id, int characters) {
    PreparedStatement prepared =
        new PreparedStatement("x".repeat(characters), true, new Schema(List.of()), List.of());
    held.add(user, connection, new AvaticaStatement(id, prepared), () -> true);
  }

  @Test
  void aStatementBelongsToItsUserAndItsConnection() {
    add("ada", "c", 1, 10);
    assertThat(held.find("ada", "c", 1)).isPresent();
    assertThat(held.find("bob", "c", 1)).isEmpty();
    assertThat(held.find("ada", "d", 1)).isEmpty();
    held.close("bob", "c", 1);
    held.close("bob", "c");
    assertThat(held.find("ada", "c", 1)).isPresent();
    held.close("ada", "c", 1);
    assertThat(held.size()).isZero();
  }

  @Test
  void theOnesThatWereNotUsedForLongestGoBeyondTheMost() {
    for (int id = 0; id < HeldStatements.MOST; id++) {
      add("ada", "c", id, 1);
    }
    add("bob", "c", 1, 1);
    assertThat(held.find("ada", "c", 0)).isPresent();
    add("ada", "c", HeldStatements.MOST, 1);
    assertThat(held.find("ada", "c", 0)).isPresent();
    assertThat(held.find("ada", "c", 1)).isEmpty();
    assertThat(held.find("bob", "c", 1)).isPresent();
    assertThat(held.size()).isEqualTo(HeldStatements.MOST + 1);
  }

  @Test
  void aConnectionThatWasClosedMeanwhileHoldsNothing() {
    AvaticaStatement late = new AvaticaStatement(1, null);
    assertThatThrownBy(() -> held.add("ada", "c", late, () -> false))
        .isInstanceOf(NoSuchConnectionException.class);
    assertThat(held.size()).isZero();
  }

  @Test
  void aStatementOfAnEarlierConnectionOfTheSameNameIsNotHeld() {
    Caller ada = new Caller(new Principal("ada", Set.of()), "127.0.0.1");
    AvaticaConnections connections = new AvaticaConnections(new FakeSessions(), held);
    AvaticaConnection before = connections.open(ada, "c", Optional.empty());
    connections.close(ada, "c");
    AvaticaConnection now = connections.open(ada, "c", Optional.empty());
    connections.hold(now, new AvaticaStatement(1, null));
    assertThatThrownBy(() -> connections.hold(before, new AvaticaStatement(1, null)))
        .isInstanceOf(NoSuchConnectionException.class);
    assertThat(held.size()).isEqualTo(1);
    connections.close(ada, "c");
    assertThat(held.size()).isZero();
  }

  @Test
  void textsAreWeighed() {
    int large = (int) (HeldStatements.MOST_BYTES / 2 / 3);
    for (int id = 0; id < 4; id++) {
      add("ada", "c", id, large);
    }
    assertThat(held.size()).isEqualTo(2);
    assertThat(held.find("ada", "c", 3)).isPresent();
    add("ada", "c", 4, 4 * large);
    assertThat(held.size()).isEqualTo(1);
    assertThat(held.find("ada", "c", 4)).isPresent();
  }

  @Test
  void aConnectionTakesItsStatementsAlong() {
    add("ada", "c", 1, 1);
    add("ada", "c", 2, 1);
    add("ada", "d", 1, 1);
    held.close("ada", "c");
    assertThat(held.size()).isEqualTo(1);
    assertThat(held.find("ada", "d", 1)).isPresent();
  }
}
