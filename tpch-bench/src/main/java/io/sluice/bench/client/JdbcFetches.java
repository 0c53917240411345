package io.sluice.bench.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

/**
 * A client process of its own that fetches by JDBC: run with this class and a driver on the class
 * path, and its address as the argument. Each line of standard input is a query; when all its rows
 * have been read, their number and the nanoseconds come back as a line.
 */
public final class JdbcFetches {

  private JdbcFetches() {}

  /** Connects, and fetches until standard input ends. */
  public static void main(String[] arguments) throws IOException, SQLException {
    try (JdbcConnection connection = new JdbcConnection(arguments[0]);
        BufferedReader queries =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String query = queries.readLine(); query != null; query = queries.readLine()) {
        long start = System.nanoTime();
        Fetched fetched = connection.fetch(query);
        System.out.println(fetched.rows() + " " + (System.nanoTime() - start));
      }
    }
  }
}
