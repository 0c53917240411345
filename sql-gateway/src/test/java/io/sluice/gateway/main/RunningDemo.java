package io.sluice.gateway.main;

import io.sluice.cluster.autoscale.ScalingSettings;
import io.sluice.spark.SparkEndpoint;
import io.sluice.testkit.SparkFixture;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The demonstration's gateway at scale 0.01, in this JVM, on free ports; opens the package to
 * tests.
 */
public final class RunningDemo implements AutoCloseable {

  private final DataDirectory directory;
  private final Gateway gateway;

  /** Starts it below a directory and waits until it is ready. */
  public RunningDemo(Path data) {
    this(data, ScalingSettings.fixed(1));
    gateway.whenReady().join();
  }

  /** Starts it below a directory, with as many Spark servers as it comes to need. */
  public RunningDemo(Path data, ScalingSettings scaling) {
    try {
      BigDecimal scale = new BigDecimal("0.01");
      Installation installation = new Installation(Path.of(System.getProperty("sluice.root")));
      Path java = SparkFixture.java();
      directory = DataDirectory.open(data, scale);
      TpchData.load(installation, java, directory, scale.toPlainString()).join();
      gateway =
          Gateway.start(
              DemoSettings.of(
                  directory,
                  DemoSettings.users(1_000),
                  0,
                  0,
                  0,
                  scaling,
                  Optional.empty(),
                  DemoSettings.limits(),
                  DemoSettings.GRACE),
              installation,
              java,
              started -> {});
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(gateway::close));
  }

  @Override
  public void close() {
    gateway.close();
  }

  public int grpcPort() {
    return gateway.grpcPort();
  }

  public int httpPort() {
    return gateway.httpPort();
  }

  public int thriftPort() {
    return gateway.thriftPort();
  }

  public List<Long> sparkPids() {
    return gateway.sparkPids();
  }

  public List<SparkEndpoint> sparkEndpoints() {
    return gateway.sparkEndpoints();
  }

  public int runningStatements() {
    return gateway.runningStatements();
  }

  public Map<String, Long> held() {
    return gateway.held();
  }

  public List<String> problems() {
    return gateway.readiness().problems();
  }

  public Path policies() {
    return directory.policies();
  }

  public Path warehouse() {
    return directory.warehouse();
  }
}
