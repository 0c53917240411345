package io.sluice.bench.command;

import io.sluice.bench.client.GatewayJournal;
import io.sluice.bench.client.RawSparkConnect;
import io.sluice.bench.client.Running;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name the running demo, and the connections to it. */
final class Demo {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The running demo's data directory; .sluice in the repository by default.")
  private @Nullable Path data;

  @Option(names = "--user", paramLabel = "NAME", description = "Who asks Sluice; admin by default.")
  private String user = "admin";

  @Option(
      names = "--namespace",
      paramLabel = "CATALOG.SCHEMA",
      description = "Where Spark finds the tables; lake.tpch by default.")
  private String namespace = "lake.tpch";

  @Option(
      names = "--spark-conf",
      paramLabel = "KEY=VALUE",
      description = "A configuration for the session with Spark, to make it equal to Sluice's.")
  private Map<String, String> sparkConf = new LinkedHashMap<>();

  String user() {
    return user;
  }

  Running running() throws IOException {
    return Running.in(directory());
  }

  /** Returns what the gateway writes of its statements. */
  GatewayJournal journal() {
    return new GatewayJournal(directory().resolve("logs"));
  }

  private Path directory() {
    return data == null ? Path.of(System.getProperty("sluice.root", "."), ".sluice") : data;
  }

  /** Opens a session with Spark itself. */
  RawSparkConnect spark(Running running) throws IOException {
    RawSparkConnect spark = running.spark(namespace);
    if (!sparkConf.isEmpty()) {
      spark.configure(sparkConf);
    }
    return spark;
  }
}
