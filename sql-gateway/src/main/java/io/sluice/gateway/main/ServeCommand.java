package io.sluice.gateway.main;

import ch.qos.logback.classic.LoggerContext;
import io.sluice.gateway.configuration.ConfigurationException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sluice serve}: the gateway that a configuration file describes. Runs until it is told to
 * end; refuses to start on a file that says too little, too much or something unsafe.
 */
@Command(name = "serve", description = "The gateway as a server")
final class ServeCommand implements Callable<Integer> {

  @Option(names = "--config", required = true, paramLabel = "FILE")
  private Path config = Path.of("serve.yaml");

  private final Installation installation;
  private final PrintStream out;
  private final PrintStream error;

  ServeCommand(Installation installation, PrintStream out, PrintStream error) {
    this.installation = installation;
    this.out = out;
    this.error = error;
  }

  @Override
  public Integer call() throws Exception {
    FileTrust trust = FileTrust.ofThisProcess();
    ServeSettings serve;
    try {
      serve = ServeSettings.read(config.toAbsolutePath().normalize(), trust);
    } catch (ConfigurationException wrong) {
      throw new StartException(String.valueOf(wrong.getMessage()));
    }
    GatewaySettings settings = serve.gateway();
    FolderLock lock = prepare(serve);
    LogFiles files = new LogFiles(serve.log(), serve.journal());
    files.make(settings.data(), trust);
    System.setProperty("sluice.log", serve.log().toString());
    System.setProperty("sluice.journal", serve.journal().toString());
    ServeCatalogs.checkDrivers(settings.catalogs());
    files.checkStarted((LoggerContext) LoggerFactory.getILoggerFactory());
    Ending ending =
        new Ending(
            () -> {
              try {
                lock.close();
              } catch (IOException failure) {
                error.println("sluice: the data directory was not let go: " + failure.getMessage());
              }
            });
    error.println("sluice: starting; the log is " + serve.log());
    try {
      Gateway gateway =
          Gateway.start(
              settings,
              installation,
              Path.of(System.getProperty("java.home"), "bin", "java"),
              ending::closes);
      announce(settings, gateway);
      new CountDownLatch(1).await();
      return 0;
    } catch (IllegalStateException | IOException failure) {
      if (ending.hasBegun()) {
        return 0;
      }
      throw new StartException(
          "The gateway cannot start: " + failure.getMessage() + ". The log may say more.");
    }
  }

  /**
   * Makes and takes the folder that the gateway keeps.
   *
   * @throws StartException if another gateway has it, or it is open to others
   */
  static FolderLock prepare(ServeSettings serve) {
    Path data = serve.gateway().data();
    try {
      PrivateFolder.make(data);
      FolderLock lock =
          FolderLock.take(data, "Stop that one, or name another under data in the configuration.");
      PrivateFolder.make(data.resolve("logs"));
      return lock;
    } catch (IOException failure) {
      throw new StartException(
          "The data directory " + data + " cannot be used: " + StartException.describe(failure));
    }
  }

  private void announce(GatewaySettings settings, Gateway gateway) {
    boolean tls = settings.tls().isPresent();
    out.println(
        "gRPC    "
            + (tls ? "grpc+tls://" : "grpc://")
            + at(settings.grpcAddress(), gateway.grpcPort()));
    out.println(
        "HTTP    "
            + (tls ? "https://" : "http://")
            + at(settings.httpAddress(), gateway.httpPort()));
    out.println("Thrift  " + at(settings.thriftAddress(), gateway.thriftPort()));
    out.println("Sluice is ready");
    out.flush();
  }

  private static String at(InetSocketAddress address, int port) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
