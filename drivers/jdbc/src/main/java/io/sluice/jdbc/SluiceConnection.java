package io.sluice.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the Flight SQL driver whose catalog and schema can be asked for and changed,
 * which that driver (18.3) does not do: it keeps what it was told for itself. All else is that
 * driver's, equality and its hash code too.
 */
final class SluiceConnection implements InvocationHandler {

  private final Connection flight;

  private SluiceConnection(Connection flight) {
    this.flight = flight;
  }

  static Connection around(Connection flight) {
    return (Connection)
        Proxy.newProxyInstance(
            SluiceConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            new SluiceConnection(flight));
  }

  @Override
  public @Nullable Object invoke(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    switch (method.getName()) {
      case "equals":
        return arguments != null && isEqual(arguments[0]);
      case "unwrap":
        return unwrap(proxy, type(arguments));
      case "isWrapperFor":
        return type(arguments).isInstance(proxy) || flight.isWrapperFor(type(arguments));
      case "getCatalog":
        return current("catalog");
      case "getSchema":
        return current("namespace");
      case "setCatalog":
        run(flight, "SET CATALOG " + quoted(arguments));
        return null;
      case "setSchema":
        run(flight, "USE SCHEMA " + quoted(arguments));
        return null;
      default:
        try {
          return method.invoke(flight, arguments);
        } catch (InvocationTargetException thrown) {
          throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }
  }

  /** A proxy equals what its wrapped connection equals, another proxy around that one too. */
  private boolean isEqual(@Nullable Object other) {
    Object compared =
        other != null
                && Proxy.isProxyClass(other.getClass())
                && Proxy.getInvocationHandler(other) instanceof SluiceConnection wrapper
            ? wrapper.flight
            : other;
    return flight.equals(compared);
  }

  /** What it is itself comes first, so that nobody gets past it without asking for more. */
  private Object unwrap(Object proxy, Class<?> type) throws SQLException {
    return type.isInstance(proxy) ? proxy : type.isInstance(flight) ? flight : flight.unwrap(type);
  }

  private static Class<?> type(@Nullable Object @Nullable [] arguments) throws SQLException {
    if (arguments == null || !(arguments[0] instanceof Class<?> type)) {
      throw new SQLException("A connection is unwrapped to a class or an interface", "22023");
    }
    return type;
  }

  static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The server knows, whatever statements have changed it. */
  private String current(String column) throws SQLException {
    try (Statement statement = flight.createStatement();
        ResultSet rows = statement.executeQuery("SHOW CURRENT SCHEMA")) {
      if (!rows.next()) {
        throw new SQLException("The server does not say where the connection stands");
      }
      String name = rows.getString(column);
      // The server quotes what needs it.
      return name.startsWith("`") ? name.substring(1, name.length() - 1).replace("``", "`") : name;
    }
  }

  private static String quoted(@Nullable Object @Nullable [] arguments) throws SQLException {
    if (arguments == null || !(arguments[0] instanceof String name) || name.isEmpty()) {
      throw new SQLException("A catalog or a schema has a name", "42602");
    }
    return quoted(name);
  }

  static String quoted(String name) {
    return '`' + name.replace("`", "``") + '`';
  }
}
