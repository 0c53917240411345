package io.sluice.gateway.endtoend;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.adbc.core.AdbcConnection;
import org.apache.arrow.adbc.core.AdbcDatabase;
import org.apache.arrow.adbc.core.AdbcDriver;
import org.apache.arrow.adbc.core.AdbcException;
import org.apache.arrow.adbc.core.AdbcStatement;
import org.apache.arrow.adbc.driver.flightsql.FlightSqlDriver;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** The ADBC driver for Java, logged in. */
final class AdbcSession implements AutoCloseable {

  private final BufferAllocator allocator = new RootAllocator();
  private final AdbcDatabase database;
  final AdbcConnection connection;

  AdbcSession(int port, String user) {
    Map<String, Object> parameters = new HashMap<>();
    AdbcDriver.PARAM_URI.set(parameters, "grpc+tcp://127.0.0.1:" + port);
    AdbcDriver.PARAM_USERNAME.set(parameters, user);
    AdbcDriver.PARAM_PASSWORD.set(parameters, user);
    try {
      database = new FlightSqlDriver(allocator).open(parameters);
      connection = database.connect();
    } catch (AdbcException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A whole result, its cells as {@link ArrowCells} has them. */
  record Result(Schema schema, List<String> rows) {}

  /** Runs a statement. */
  Result query(String sql) {
    List<String> rows = new ArrayList<>();
    try (AdbcStatement statement = connection.createStatement()) {
      statement.setSqlQuery(sql);
      try (AdbcStatement.QueryResult result = statement.executeQuery()) {
        VectorSchemaRoot root = result.getReader().getVectorSchemaRoot();
        Schema schema = root.getSchema();
        while (result.getReader().loadNextBatch()) {
          rows.addAll(ArrowCells.rows(root));
        }
        return new Result(schema, rows);
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
      database.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    // Fails if the driver has kept a batch.
    allocator.close();
  }
}
