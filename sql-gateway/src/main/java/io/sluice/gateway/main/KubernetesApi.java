package io.sluice.gateway.main;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.sluice.model.ProtectedAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;

/** How a gateway reaches Kubernetes' API server, and who it is there. */
final class KubernetesApi {

  /** What a pod's name is told by; the chart sets it. */
  static final String POD_NAME = "SLUICE_POD_NAME";

  private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
  private static final int TIMEOUT_MILLIS = 5_000;

  private KubernetesApi() {}

  /**
   * Returns the client, which connects when it is used.
   *
   * @param kubeconfig a file as kubectl takes it; empty for the service account of the pod that the
   *     gateway runs in
   * @param executor runs what the client tells
   * @throws StartException if neither says where the API server is
   */
  static KubernetesClient connect(Optional<Path> kubeconfig, Executor executor) {
    Config config = kubeconfig.map(KubernetesApi::of).orElseGet(KubernetesApi::ofPod);
    config.setConnectionTimeout(TIMEOUT_MILLIS);
    config.setRequestTimeout(TIMEOUT_MILLIS);
    // Whoever asks asks again, and knows for how long that makes sense.
    config.setRequestRetryBackoffLimit(0);
    return new KubernetesClientBuilder()
        .withConfig(config)
        // A connection that is lost takes one request with it, not all.
        .withHttpClientBuilderConsumer(HttpClient.Builder::preferHttp11)
        .withTaskExecutor(executor)
        .build();
  }

  private static Config of(Path kubeconfig) {
    Config config;
    try {
      config = Config.fromKubeconfig(kubeconfig.toFile());
    } catch (RuntimeException unreadable) {
      // Of many kinds, YAML's own among them.
      throw wrong(kubeconfig, "is no kubeconfig file");
    }
    if (config.getCurrentContext() == null) {
      throw wrong(kubeconfig, "has no current-context that it describes");
    }
    if (config.isTrustCerts() || config.isDisableHostnameVerification()) {
      throw wrong(
          kubeconfig, "does not have the API server's certificate checked; give its authority");
    }
    if (!ProtectedAddress.is(config.getMasterUrl())) {
      throw wrong(kubeconfig, "names an API server at http://, which is for loopback only");
    }
    return config;
  }

  private static StartException wrong(Path kubeconfig, String what) {
    return new StartException("kubernetes.kubeconfigFile: " + kubeconfig + " " + what + ".");
  }

  private static Config ofPod() {
    String host = System.getenv("KUBERNETES_SERVICE_HOST");
    String port = System.getenv("KUBERNETES_SERVICE_PORT");
    if (host == null || port == null || !Files.isReadable(ACCOUNT.resolve("token"))) {
      throw new StartException(
          "kubernetes: the gateway does not run in a pod with a service account; name a"
              + " kubeconfigFile.");
    }
    Config config = Config.empty();
    config.setMasterUrl(
        "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/");
    config.setCaCertFile(ACCOUNT.resolve("ca.crt").toString());
    // It is renewed every so often.
    config.setOauthTokenProvider(() -> token(ACCOUNT.resolve("token")));
    return config;
  }

  private static String token(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /**
   * Returns who this gateway is among all.
   *
   * @throws StartException if nothing says so
   */
  static String identity(Optional<String> configured) {
    return configured
        .or(() -> Optional.ofNullable(System.getenv(POD_NAME)).filter(ServeKubernetes::isIdentity))
        .orElseThrow(
            () ->
                new StartException(
                    "kubernetes.identity: say who this gateway is among all, here or by the"
                        + " environment variable "
                        + POD_NAME
                        + ", which the chart sets to the pod's name."));
  }
}
