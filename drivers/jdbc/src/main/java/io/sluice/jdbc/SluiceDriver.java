package io.sluice.jdbc;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Arrays;
import java.util.Properties;
import java.util.logging.Logger;
import org.apache.arrow.driver.jdbc.ArrowFlightJdbcDriver;
import org.jspecify.annotations.Nullable;

/**
 * Connects to Sluice by URLs of the form {@code
 * jdbc:sluice://host[:port][/catalog[/schema]][?name=value&…]}. A connection is one of Apache
 * Arrow's Flight SQL driver, which is in the same jar, with the defaults that Sluice wants. {@link
 * DriverManager} finds it by its service file.
 */
public final class SluiceDriver implements Driver {

  private static final int MAJOR = 0;
  private static final int MINOR = 1;

  static {
    try {
      DriverManager.registerDriver(new SluiceDriver());
    } catch (SQLException failure) {
      throw new ExceptionInInitializerError(failure);
    }
  }

  @Override
  public boolean acceptsURL(@Nullable String url) {
    return url != null && url.startsWith(ConnectionTarget.PREFIX);
  }

  /**
   * Connects and goes to the catalog and the schema that the URL names.
   *
   * @return null for another driver's URL
   * @throws SQLException if the URL cannot be understood, the JVM does not open what Arrow needs,
   *     or the server refuses
   */
  @Override
  public @Nullable Connection connect(String url, @Nullable Properties properties)
      throws SQLException {
    if (!acceptsURL(url)) {
      return null;
    }
    ConnectionTarget target =
        ConnectionTarget.of(url, properties == null ? new Properties() : properties);
    requireOpenMemory();
    Connection connection =
        new ArrowFlightJdbcDriver().connect(target.flightUrl(), target.flightProperties());
    if (target.use().isPresent()) {
      try {
        SluiceConnection.run(connection, target.use().get());
      } catch (SQLException | RuntimeException failure) {
        closeAfter(failure, connection);
        throw failure;
      }
    }
    return SluiceConnection.around(connection);
  }

  /** Arrow reads buffers' addresses; without this it fails later, and says less. */
  private static void requireOpenMemory() throws SQLException {
    Module base = java.nio.Buffer.class.getModule();
    if (!base.isOpen("java.nio", ArrowFlightJdbcDriver.class.getModule())) {
      throw new SQLNonTransientConnectionException(
          "The Sluice driver needs the JVM option --add-opens=java.base/java.nio=ALL-UNNAMED;"
              + " add it to the command that starts this program, or to JDK_JAVA_OPTIONS",
          "08001");
    }
  }

  private static void closeAfter(Exception failure, Connection connection) {
    try {
      connection.close();
    } catch (SQLException second) {
      failure.addSuppressed(second);
    }
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, @Nullable Properties properties)
      throws SQLException {
    ConnectionTarget target =
        ConnectionTarget.of(
            acceptsURL(url) ? url : ConnectionTarget.PREFIX + "localhost",
            properties == null ? new Properties() : properties);
    return Arrays.stream(DriverProperty.values())
        .map(
            property -> {
              DriverPropertyInfo info =
                  new DriverPropertyInfo(property.key(), target.values().get(property));
              info.description = property.description();
              if (property == DriverProperty.TLS) {
                info.value = String.valueOf(target.tls());
                info.choices = new String[] {"true", "false"};
              }
              return info;
            })
        .toArray(DriverPropertyInfo[]::new);
  }

  @Override
  public int getMajorVersion() {
    return MAJOR;
  }

  @Override
  public int getMinorVersion() {
    return MINOR;
  }

  /** Sluice has no transactions, so no driver for it is compliant in JDBC's sense. */
  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("The driver does not log by java.util.logging");
  }
}
