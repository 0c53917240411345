package io.sluice.gateway.endtoend;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Reads whole results, each cell as one text whichever way it came. */
final class Rows {

  private Rows() {}

  /** Runs a query and returns its rows. */
  static List<List<String>> query(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      return of(results);
    }
  }

  static List<List<String>> of(ResultSet results) throws SQLException {
    ResultSetMetaData columns = results.getMetaData();
    List<List<String>> rows = new ArrayList<>();
    while (results.next()) {
      List<String> row = new ArrayList<>();
      for (int column = 1; column <= columns.getColumnCount(); column++) {
        row.add(text(results.getObject(column)));
      }
      rows.add(row);
    }
    return rows;
  }

  /** Returns a cell's text: decimals plain with their scale, dates as ISO, null as "null". */
  static String text(Object cell) {
    if (cell instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    }
    if (cell instanceof Date date) {
      return date.toLocalDate().toString();
    }
    return String.valueOf(cell);
  }
}
