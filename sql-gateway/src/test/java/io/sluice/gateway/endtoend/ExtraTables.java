package io.sluice.gateway.endtoend;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Tables beside TPC-H, made by Spark directly, that are gone again when closed. */
final class ExtraTables implements AutoCloseable {

  private final GatewayFixture gateway;
  private final String schema;
  private final DirectSpark spark;
  private final List<String> tables = new ArrayList<>();

  private ExtraTables(GatewayFixture gateway, String schema) {
    this.gateway = gateway;
    this.schema = schema;
    this.spark = DirectSpark.open(gateway.sparkEndpoint());
    spark.run("create schema lake." + schema);
    awaitThatItIsThere(true);
  }

  static ExtraTables in(GatewayFixture gateway, String schema) {
    return new ExtraTables(gateway, schema);
  }

  /** Makes a table of what a query gives. */
  ExtraTables table(String name, String query) {
    spark.run("create table lake.%s.%s using iceberg as %s".formatted(schema, name, query));
    tables.add(name);
    return this;
  }

  DirectSpark spark() {
    return spark;
  }

  /** Returns when the gateway no longer remembers them either. */
  @Override
  public void close() {
    try (spark) {
      for (String table : tables) {
        spark.run("drop table if exists lake." + schema + "." + table);
      }
      spark.run("drop schema lake." + schema);
      awaitThatItIsThere(false);
    }
  }

  /** The gateway remembers for a second what schemas there are. */
  private void awaitThatItIsThere(boolean there) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                Rows.query(gateway.shared("admin"), "show schemas").contains(List.of(schema))
                    == there);
  }
}
