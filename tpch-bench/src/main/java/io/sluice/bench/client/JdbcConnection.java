package io.sluice.bench.client;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Sluice asked through JDBC, as a tool does that reads row by row. */
public final class JdbcConnection implements QueryClient {

  private final Connection connection;

  /** Connects with whichever driver takes the address. */
  public JdbcConnection(String url) throws SQLException {
    connection = DriverManager.getConnection(url);
  }

  /** Returns the address of a Flight SQL server without TLS for the Arrow Flight SQL driver. */
  public static String flightUrl(String host, int port, String user, String password) {
    return "jdbc:arrow-flight-sql://%s:%d/?useEncryption=false&user=%s&password=%s"
        .formatted(host, port, user, password);
  }

  @Override
  public Fetched fetch(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      long rows = 0;
      while (result.next()) {
        for (int column = 1; column <= columns; column++) {
          var unused = result.getString(column);
        }
        rows++;
      }
      return new Fetched(rows, 0, 0);
    }
  }

  @Override
  public List<List<String>> rows(String sql) throws SQLException {
    List<List<String>> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> cells = new ArrayList<>();
        for (int column = 1; column <= columns; column++) {
          cells.add(ArrowCells.text(result.getObject(column)));
        }
        rows.add(cells);
      }
    }
    return rows;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
