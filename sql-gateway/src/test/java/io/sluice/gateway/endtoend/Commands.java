package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Runs statements for their effect, or for their refusal. */
final class Commands {

  private Commands() {}

  /** Runs statements that return no rows. */
  static void run(Connection connection, String... commands) throws SQLException {
    for (String command : commands) {
      try (Statement statement = connection.createStatement()) {
        assertThat(statement.executeUpdate(command)).as(command).isZero();
      }
    }
  }

  /** Expects a refusal, of a query or a command, that tells nothing of what Spark would get. */
  static void isRefused(Connection connection, String sql, String why) {
    Throwable refusal = catchThrowable(() -> execute(connection, sql));
    assertThat(refusal).as(sql).isInstanceOf(SQLException.class);
    assertThat(refusal).as(sql).hasMessageContaining(why).hasMessageNotContaining("_sluice_");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (statement.execute(sql)) {
        try (ResultSet rows = statement.getResultSet()) {
          Rows.of(rows);
        }
      }
    }
  }
}
