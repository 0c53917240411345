package io.sluice.gateway.endtoend;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.FlightSqlClient.ExecuteIngestOptions;
import org.apache.arrow.flight.sql.FlightSqlClient.PreparedStatement;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions.TableExistsOption;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions.TableNotExistOption;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;

/** Arrow's own Flight SQL client, logged in. */
final class FlightSqlSession implements AutoCloseable {

  static final TableDefinitionOptions CREATE =
      definition(
          TableNotExistOption.TABLE_NOT_EXIST_OPTION_CREATE,
          TableExistsOption.TABLE_EXISTS_OPTION_FAIL);
  static final TableDefinitionOptions APPEND =
      definition(
          TableNotExistOption.TABLE_NOT_EXIST_OPTION_FAIL,
          TableExistsOption.TABLE_EXISTS_OPTION_APPEND);
  static final TableDefinitionOptions REPLACE =
      definition(
          TableNotExistOption.TABLE_NOT_EXIST_OPTION_CREATE,
          TableExistsOption.TABLE_EXISTS_OPTION_REPLACE);
  static final TableDefinitionOptions CREATE_APPEND =
      definition(
          TableNotExistOption.TABLE_NOT_EXIST_OPTION_CREATE,
          TableExistsOption.TABLE_EXISTS_OPTION_APPEND);

  final RootAllocator allocator = new RootAllocator();
  final FlightClient flight;
  final FlightSqlClient client;
  final CallOption token;

  FlightSqlSession(int port, String user) {
    flight = FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", port)).build();
    token = flight.authenticateBasicToken(user, user).orElseThrow();
    client = new FlightSqlClient(flight);
  }

  static TableDefinitionOptions definition(TableNotExistOption missing, TableExistsOption there) {
    return TableDefinitionOptions.newBuilder().setIfNotExist(missing).setIfExists(there).build();
  }

  /** Sends what a reader gives to a table of schema {@code tpch} or another. */
  long ingest(ArrowReader rows, String schema, String table, TableDefinitionOptions options) {
    return client.executeIngest(
        rows, new ExecuteIngestOptions(table, options, "lake", schema, Map.of()), token);
  }

  /** Runs a statement on the query path and returns its rows as text. */
  List<String> query(String sql) {
    return rows(client.execute(sql, token));
  }

  /**
   * Runs a statement with values for its markers and returns its rows as text.
   *
   * @param parameters one row; closed here
   */
  List<String> query(String sql, VectorSchemaRoot parameters) {
    PreparedStatement statement = client.prepare(sql, token);
    try {
      parameters.setRowCount(1);
      // Closed with the statement.
      statement.setParameters(parameters);
      return rows(statement.execute(token));
    } finally {
      statement.close(token);
    }
  }

  /** Fetches a result and returns its rows as text. */
  List<String> rows(FlightInfo info) {
    List<String> rows = new ArrayList<>();
    try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket(), token)) {
      if (!stream.getSchema().equals(info.getSchemaOptional().orElseThrow())) {
        throw new AssertionError("the stream has another schema than its FlightInfo");
      }
      while (stream.next()) {
        rows.addAll(ArrowCells.rows(stream.getRoot()));
      }
      return rows;
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    allocator.close();
  }
}
