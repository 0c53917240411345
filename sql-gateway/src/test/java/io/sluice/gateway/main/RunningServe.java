package io.sluice.gateway.main;

import io.sluice.testkit.SparkFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What {@code sluice serve} runs on the documented configuration, in this JVM. */
public final class RunningServe implements AutoCloseable {

  private final ServeFiles files;
  private final FolderLock lock;
  private final Gateway gateway;

  /**
   * Starts it.
   *
   * @param root an empty folder
   * @param policies what {@code lake.json} holds
   */
  public RunningServe(Path root, String policies) throws Exception {
    files = new ServeFiles(root.toRealPath());
    files.policies(policies);
    // Tests have no tables of a hundred gigabytes.
    files.write(files.example().replace("leastBytes: 100g", "leastBytes: 10k"));
    ServeSettings serve = files.read();
    lock = ServeCommand.prepare(serve);
    gateway =
        Gateway.start(
            serve.gateway(),
            new Installation(Path.of(System.getProperty("sluice.root"))),
            SparkFixture.java(),
            started -> {});
  }

  /** Returns what clients are to trust, in PEM and as Java's clients take it. */
  public Certificates certificates() {
    Path tls = files.authority().resolveSibling("");
    return new Certificates(
        files.authority(), tls.resolve("truststore.p12"), tls.resolve("none"), tls.resolve("none"));
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

  public List<String> problems() {
    return gateway.readiness().problems();
  }

  @Override
  public void close() throws IOException {
    gateway.close();
    lock.close();
  }
}
