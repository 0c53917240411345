package io.sluice.jdbc;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** {@code java -jar sluice-jdbc.jar URL}: whether one can connect, and to what. */
public final class ConnectionCheck {

  /** Kept, or the setting would be lost with it: what Arrow logs of a failure repeats it. */
  private static final Logger ARROW = Logger.getLogger("org.apache.arrow.driver.jdbc");

  private ConnectionCheck() {}

  /** Prints what answers at the URL; exits with 1 if nothing does, with 2 for wrong arguments. */
  public static void main(String[] arguments) {
    ARROW.setLevel(Level.OFF);
    System.exit(run(arguments, System.out, System.err));
  }

  static int run(String[] arguments, PrintStream out, PrintStream err) {
    if (arguments.length != 1) {
      err.println(
          "usage: java -jar sluice-jdbc.jar \"jdbc:sluice://host:port/?user=…&password=…\"");
      return 2;
    }
    try (Connection connection = DriverManager.getConnection(arguments[0])) {
      DatabaseMetaData server = connection.getMetaData();
      out.println(
          "Connected to "
              + server.getDatabaseProductName()
              + " "
              + server.getDatabaseProductVersion());
      return 0;
    } catch (SQLException failure) {
      err.println(failure.getMessage());
      return 1;
    }
  }
}
