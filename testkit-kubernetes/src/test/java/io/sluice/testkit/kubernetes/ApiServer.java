package io.sluice.testkit.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * An API server with the definitions of Sluice and of the Spark operator: the real one whose
 * address the system property {@code sluice.kubernetes.url} gives, or fabric8's mock of one. The
 * mock knows neither schemas nor rights; {@link #isReal} tells.
 */
final class ApiServer implements AutoCloseable {

  private static final String URL = System.getProperty("sluice.kubernetes.url", "");
  private static final AtomicInteger NAMESPACES = new AtomicInteger();

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final Set<String> asked = ConcurrentHashMap.newKeySet();
  private final KubernetesMockServer mock;
  private final KubernetesClient client;

  ApiServer() {
    Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
    mock =
        new KubernetesMockServer(
            new Context(), new MockWebServer(), responses, new MockDispatcher(executor), false);
    if (!isReal()) {
      mock.init(InetAddress.getLoopbackAddress(), 0);
    }
    client = client("admin");
    define("/io/sluice/testkit/kubernetes/sparkapplication.yaml");
    define(deploy().resolve("sluice/crds/lakehousecluster.yaml"));
    define(deploy().resolve("sluice/crds/clusterpool.yaml"));
  }

  static boolean isReal() {
    return !URL.isEmpty();
  }

  /** Returns the project's own folder of what is deployed. */
  static Path deploy() {
    return Path.of(System.getProperty("sluice.root", "..")).resolve("deploy");
  }

  private void define(Path file) {
    try (InputStream text = Files.newInputStream(file)) {
      define(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void define(String resource) {
    try (InputStream text = Objects.requireNonNull(ApiServer.class.getResourceAsStream(resource))) {
      define(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void define(InputStream text) {
    for (HasMetadata item : client.load(text).items()) {
      if (client.resource(item).get() == null) {
        client.resource(item).create();
        // A real one takes a moment to serve it.
        client
            .resource(item)
            .waitUntilCondition(
                definition -> !isReal() || isEstablished(definition), 20, TimeUnit.SECONDS);
      }
    }
  }

  private static boolean isEstablished(HasMetadata definition) {
    return definition instanceof CustomResourceDefinition known
        && known.getStatus() != null
        && known.getStatus().getConditions() != null
        && known.getStatus().getConditions().stream()
            .anyMatch(
                condition ->
                    "Established".equals(condition.getType())
                        && "True".equals(condition.getStatus()));
  }

  /** Returns the port that clients connect to. */
  int port() {
    return isReal() ? URI.create(URL).getPort() : mock.getPort();
  }

  /** Returns the URL of a local port behind which the server is. */
  String address(int port) {
    return (isReal() ? "https" : "http") + "://127.0.0.1:" + port + "/";
  }

  /**
   * Returns by whom a real one's certificate is signed, in PEM and Base64, as a kubeconfig has it.
   */
  Optional<String> authority() {
    String file = System.getProperty("sluice.kubernetes.authority", "");
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(file))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns a client for somebody whose token is their name; the mock takes anybody for anything.
   */
  KubernetesClient client(String user) {
    return client(user, port());
  }

  /** Returns one that connects to another local port, behind which the server is. */
  KubernetesClient client(String user, int port) {
    // The mock's HTTP/2 does not work with the Netty that the gateway uses.
    return client(user, port, HttpClient.Builder::preferHttp11);
  }

  /**
   * Returns one that waits with some of what it sends.
   *
   * @param which by the body
   * @param until they wait for that
   */
  KubernetesClient slowClient(String user, Predicate<String> which, CountDownLatch until) {
    return client(
        user,
        port(),
        http ->
            http.preferHttp11()
                .addOrReplaceInterceptor(
                    "slow",
                    new Interceptor() {
                      @Override
                      public void before(
                          BasicBuilder builder, HttpRequest request, RequestTags tags) {
                        String body = request.bodyString();
                        if (body != null && which.test(body)) {
                          await(until);
                        }
                      }
                    }));
  }

  private static void await(CountDownLatch until) {
    try {
      if (!until.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody ended the wait");
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns what gateways have asked of it, as {@code verb group resource}. */
  Set<String> asked() {
    return Set.copyOf(asked);
  }

  private final class Recorder implements Interceptor {

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      URI uri = request.uri();
      List<String> path = List.of(uri.getPath().substring(1).split("/"));
      // api/v1/namespaces/n/… or apis/group/version/namespaces/n/…
      int kind = path.indexOf("namespaces") + 2;
      if (kind == 1 || kind >= path.size()) {
        return;
      }
      String group = path.get(0).equals("api") ? "" : path.get(1);
      String part = path.size() > kind + 2 ? "/" + path.get(kind + 2) : "";
      boolean one = path.size() > kind + 1;
      asked.add(verb(request.method(), uri, one) + " " + group + " " + path.get(kind) + part);
    }

    private static String verb(String method, URI uri, boolean one) {
      return switch (method) {
        case "POST" -> "create";
        case "PUT" -> "update";
        case "PATCH" -> "patch";
        case "DELETE" -> one ? "delete" : "deletecollection";
        default ->
            String.valueOf(uri.getQuery()).contains("watch=true") ? "watch" : one ? "get" : "list";
      };
    }
  }

  private KubernetesClient client(String user, int port, Consumer<HttpClient.Builder> http) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(address(port))
            .withOauthToken(user)
            .withTrustCerts(true)
            .withWatchReconnectInterval(200)
            .withRequestRetryBackoffLimit(0)
            // A gateway is to give up soon; a test waits for a machine that is busy.
            .withRequestTimeout(user.equals("admin") ? 30_000 : 3_000)
            .build();
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientBuilderConsumer(
            user.equals("gateway")
                ? http.andThen(made -> made.addOrReplaceInterceptor("recorder", new Recorder()))
                : http)
        .build();
  }

  KubernetesClient client() {
    return client;
  }

  /** Returns the name of a new namespace, in which {@code gateway} has the chart's rights. */
  String namespace() {
    String name = "test-" + ProcessHandle.current().pid() + "-" + NAMESPACES.incrementAndGet();
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    if (isReal()) {
      chart()
          .filter(Role.class::isInstance)
          .map(Role.class::cast)
          .forEach(role -> grant(role, name));
    }
    return name;
  }

  /** Those of one tenant's manager and of the release's own namespace. */
  private void grant(Role role, String namespace) {
    if (role.getMetadata().getName().endsWith("-driver")
        || client.rbac().roles().inNamespace(namespace).withName(role.getMetadata().getName()).get()
            != null) {
      return;
    }
    role.getMetadata().setNamespace(namespace);
    client.resource(role).create();
    client
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withName(role.getMetadata().getName())
                .withNamespace(namespace)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "Role", role.getMetadata().getName())
                .addNewSubject("rbac.authorization.k8s.io", "User", "gateway", null)
                .build())
        .create();
  }

  /** Returns what Helm makes of the chart. */
  Stream<HasMetadata> chart() {
    try (InputStream text =
        Files.newInputStream(Path.of(System.getProperty("sluice.kubernetes.chart", "")))) {
      return client.load(text).items().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    executor.shutdownNow();
  }
}
