package io.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SluiceConnectionTest {

  /** What only the wrapped connection has. */
  interface Own {}

  private static Connection wrapped(String name) {
    return (Connection)
        Proxy.newProxyInstance(
            SluiceConnectionTest.class.getClassLoader(),
            new Class<?>[] {Connection.class, Own.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "equals" -> proxy == arguments[0];
                  case "hashCode" -> name.hashCode();
                  case "toString" -> name;
                  case "isWrapperFor" -> ((Class<?>) arguments[0]).isInstance(proxy);
                  case "unwrap" -> throw new SQLException("not a wrapper for " + arguments[0]);
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  @Test
  void itEqualsItselfAndIsFoundInSets() {
    Connection flight = wrapped("a");
    Connection connection = SluiceConnection.around(flight);
    assertThat(connection.equals(connection)).isTrue();
    assertThat(connection).isEqualTo(SluiceConnection.around(flight));
    assertThat(connection).isNotEqualTo(SluiceConnection.around(wrapped("a")));
    assertThat(connection.equals(null)).isFalse();
    assertThat(connection.equals("a")).isFalse();
    assertThat(connection).hasSameHashCodeAs(flight).hasToString("a");
    // As pools keep what they lend.
    Set<Connection> lent = new HashSet<>(List.of(connection));
    assertThat(lent.remove(connection)).isTrue();
  }

  @Test
  void itIsUnwrappedToWhatItWraps() throws SQLException {
    Connection flight = wrapped("a");
    Connection connection = SluiceConnection.around(flight);
    assertThat(connection.isWrapperFor(Connection.class)).isTrue();
    assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
    assertThat(connection.isWrapperFor(Own.class)).isTrue();
    assertThat(connection.unwrap(Own.class)).isSameAs(flight);
    assertThat(connection.isWrapperFor(List.class)).isFalse();
    assertThatThrownBy(() -> connection.unwrap(List.class)).isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> connection.unwrap(null)).isInstanceOf(SQLException.class);
  }
}
