package io.sluice.testkit.kubernetes;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An API server with the definitions of Sluice and of the Spark operator: the real one whose
 * address the system property {@code sluice.kubernetes.url} gives, or fabric8's mock of one. The
 * mock knows neither schemas nor rights; {@link #isReal} tells.
 */
final class ApiServer implements AutoCloseable {

  private static final String URL = System.getProperty("sluice.kubernetes.url", "");
  private static final AtomicInteger NAMESPACES = new AtomicInteger();

  private final KubernetesMockServer mock;
  private final KubernetesClient client;

  ApiServer() {
    Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
    mock =
        new KubernetesMockServer(
            new Context(),
            new MockWebServer(),
            responses,
            new KubernetesMixedDispatcher(responses),
            false);
    if (!isReal()) {
      mock.init(InetAddress.getLoopbackAddress(), 0);
    }
    client = client("admin");
    define("/io/sluice/testkit/kubernetes/sparkapplication.yaml");
  }

  static boolean isReal() {
    return !URL.isEmpty();
  }

  /** Returns the project's own folder of what is deployed. */
  static Path deploy() {
    return Path.of(System.getProperty("sluice.root", "..")).resolve("deploy");
  }

  private void define(String resource) {
    try (InputStream text = Objects.requireNonNull(ApiServer.class.getResourceAsStream(resource))) {
      client
          .load(text)
          .items()
          .forEach(
              item -> {
                if (client.resource(item).get() == null) {
                  client.resource(item).create();
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns a client for somebody whose token is their name; the mock takes anybody for anything.
   */
  KubernetesClient client(String user) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(isReal() ? URL : mock.url("/"))
            .withOauthToken(user)
            .withTrustCerts(true)
            .withWatchReconnectInterval(200)
            .withRequestRetryBackoffLimit(0)
            .build();
    return new KubernetesClientBuilder()
        .withConfig(config)
        // The mock's HTTP/2 does not work with the Netty that the gateway uses.
        .withHttpClientBuilderConsumer(HttpClient.Builder::preferHttp11)
        .build();
  }

  KubernetesClient client() {
    return client;
  }

  /** Returns the name of a new namespace. */
  String namespace() {
    String name = "test-" + ProcessHandle.current().pid() + "-" + NAMESPACES.incrementAndGet();
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    return name;
  }

  /** Returns a file that holds a key, as a mounted Secret's would. */
  static Path token(Path directory) {
    try {
      return Files.writeString(directory.resolve("token"), "key-of-spark-connect\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    client.close();
    if (!isReal()) {
      mock.destroy();
    }
  }
}
