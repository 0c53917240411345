package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.session.Session;
import java.sql.Connection;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;

/** Where Flight's clients say what they are called. */
class ClientNameTest {

  @Test
  void aSessionIsCalledAsItsHeadersSay() throws Exception {
    try (DoorFixture door = new DoorFixture()) {
      try (Connection library = door.connect("admin")) {
        assertThat(library.isClosed()).isFalse();
        assertThat(door.sessions.open().values())
            .extracting(Session::clientName)
            .hasSize(1)
            .allSatisfy(name -> assertThat(name).isNotEmpty());
      }
      try (Connection application =
          DriverManager.getConnection(
              door.url("&user=analyst&password=analyst&sluice-client-name=sales%20board"))) {
        assertThat(application.isClosed()).isFalse();
        assertThat(door.sessions.open().values())
            .extracting(Session::clientName)
            .contains("sales board");
      }
    }
  }
}
