package io.sluice.gateway.endtoend;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** A JDBC driver's user. */
record JdbcDoorClient(Connection connection) implements DoorClient {

  @Override
  public List<List<String>> rows(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      List<List<String>> rows = new ArrayList<>();
      int columns = results.getMetaData().getColumnCount();
      while (results.next()) {
        List<String> row = new ArrayList<>();
        for (int column = 1; column <= columns; column++) {
          row.add(results.getString(column));
        }
        rows.add(row);
      }
      return rows;
    }
  }

  /** Runs a statement for its effect on the session. */
  void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public List<String> columns(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      List<String> names = new ArrayList<>();
      for (int column = 1; column <= results.getMetaData().getColumnCount(); column++) {
        names.add(results.getMetaData().getColumnLabel(column));
      }
      return names;
    }
  }

  @Override
  public Refusal refusal(String sql) {
    try {
      throw new AssertionError(sql + " gave " + rows(sql));
    } catch (SQLException refused) {
      return Refusal.of(refused.getMessage(), refused.getSQLState());
    }
  }

  @Override
  public List<String> schemas() throws SQLException {
    return column(connection.getMetaData().getSchemas(), "TABLE_SCHEM");
  }

  @Override
  public List<String> tables(String schema) throws SQLException {
    return column(connection.getMetaData().getTables(null, schema, "%", null), "TABLE_NAME");
  }

  @Override
  public List<String> columns(String schema, String table) throws SQLException {
    return column(connection.getMetaData().getColumns(null, schema, table, "%"), "COLUMN_NAME");
  }

  private static List<String> column(ResultSet results, String name) throws SQLException {
    try (results) {
      // Of an empty result some drivers do not tell the columns.
      OptionalInt column =
          IntStream.rangeClosed(1, results.getMetaData().getColumnCount())
              .filter(
                  index -> {
                    try {
                      return results.getMetaData().getColumnLabel(index).equalsIgnoreCase(name);
                    } catch (SQLException failure) {
                      throw new IllegalStateException(failure);
                    }
                  })
              .findFirst();
      List<String> values = new ArrayList<>();
      while (results.next()) {
        values.add(results.getString(column.orElseThrow()));
      }
      return values;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
