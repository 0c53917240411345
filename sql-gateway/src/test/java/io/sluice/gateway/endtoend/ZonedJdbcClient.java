package io.sluice.gateway.endtoend;

import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Calendar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;

/**
 * What a JDBC driver makes of a TIMESTAMP, a TIMESTAMP_NTZ and a DATE in this JVM's zone, and what
 * arrives of those that it binds: rows of a table in Markdown, on the standard output.
 */
final class ZonedJdbcClient {

  private static final Calendar UTC = Calendar.getInstance(TimeZone.getTimeZone("UTC"));
  private static final Timestamp TIMESTAMP = Timestamp.valueOf("2020-07-02 03:04:05.678");
  private static final Date DATE = Date.valueOf("2020-07-02");

  private static final List<String> VALUES =
      List.of(
          "timestamp'2020-07-02 03:04:05.678901'",
          "timestamp_ntz'2020-07-02 03:04:05.678901'",
          "date'2020-07-02'");

  private static final List<String> TYPES = List.of("timestamp", "timestamp_ntz", "date");

  private final Connection connection;

  private ZonedJdbcClient(Connection connection) {
    this.connection = connection;
  }

  private interface Reading {
    Object of(ResultSet row) throws SQLException;
  }

  private interface Binding {
    void to(PreparedStatement statement) throws SQLException;
  }

  /** The URL to connect to is the one argument. */
  public static void main(String[] arguments) throws SQLException {
    try (Connection connection = DriverManager.getConnection(arguments[0])) {
      new ZonedJdbcClient(connection).print();
    }
  }

  private void print() throws SQLException {
    Map<String, Reading> readings = new LinkedHashMap<>();
    readings.put("getString(1)", row -> row.getString(1));
    readings.put("getObject(1)", row -> row.getObject(1));
    readings.put("getTimestamp(1)", row -> row.getTimestamp(1));
    readings.put("getTimestamp(1, utc)", row -> row.getTimestamp(1, UTC));
    readings.put("getDate(1)", row -> row.getDate(1));
    for (Class<?> type :
        List.of(Instant.class, OffsetDateTime.class, LocalDateTime.class, LocalDate.class)) {
      readings.put(
          "getObject(1, " + type.getSimpleName() + ".class)", row -> row.getObject(1, type));
    }
    for (Map.Entry<String, Reading> reading : readings.entrySet()) {
      StringBuilder line = new StringBuilder("| `" + reading.getKey() + "` |");
      for (String value : VALUES) {
        line.append(' ').append(read(value, reading.getValue())).append(" |");
      }
      System.out.println(line);
    }
    Map<String, Binding> bindings = new LinkedHashMap<>();
    bindings.put("setTimestamp(1, t)", statement -> statement.setTimestamp(1, TIMESTAMP));
    bindings.put("setTimestamp(1, t, utc)", statement -> statement.setTimestamp(1, TIMESTAMP, UTC));
    bindings.put("setDate(1, d)", statement -> statement.setDate(1, DATE));
    bindings.put("setString(1, t.toString())", it -> it.setString(1, TIMESTAMP.toString()));
    bindings.put("setObject(1, t.toInstant())", it -> it.setObject(1, TIMESTAMP.toInstant()));
    for (Map.Entry<String, Binding> binding : bindings.entrySet()) {
      StringBuilder line = new StringBuilder("| `" + binding.getKey() + "` |");
      for (String type : TYPES) {
        line.append(' ').append(bind(type, binding.getValue())).append(" |");
      }
      System.out.println(line);
    }
  }

  private String read(String value, Reading reading) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select " + value)) {
      row.next();
      return told(() -> reading.of(row).toString());
    }
  }

  private String bind(String type, Binding binding) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select cast(cast(? as " + type + ") as string)")) {
      return told(
          () -> {
            binding.to(statement);
            try (ResultSet row = statement.executeQuery()) {
              row.next();
              return row.getString(1);
            }
          });
    }
  }

  private interface Told {
    String text() throws SQLException;
  }

  private static String told(Told told) {
    try {
      return told.text();
    } catch (SQLException | RuntimeException refused) {
      return "refused";
    }
  }
}
