package io.sluice.gateway.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.sluice.gateway.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A configuration whose clusters are objects on Kubernetes. */
class ServeKubernetesTest {

  @TempDir static Path folder;
  private static ServeFiles files;
  private static String example;

  @BeforeAll
  static void make() throws IOException {
    files = new ServeFiles(folder.toRealPath());
    example = files.exampleOnKubernetes();
  }

  @BeforeEach
  void begin() throws IOException {
    files.write(example);
  }

  private static ClusterSource.Kubernetes read() {
    return (ClusterSource.Kubernetes) files.read().gateway().clusters();
  }

  @Test
  void itIsRead() {
    ClusterSource.Kubernetes source = read();
    assertThat(source.namespaces()).isEqualTo(Set.of("sales", "research"));
    assertThat(source.gatewayNamespace()).isEqualTo("gateways");
    assertThat(source.name()).isEqualTo("sluice");
    assertThat(source.identity()).contains("gateway-7");
    assertThat(source.connectSecret()).isEqualTo("sluice-connect");
    assertThat(source.connectTokenFolder()).isEqualTo(files.etc().resolve("connect"));
    assertThat(source.catalogs().serviceAccounts()).isEqualTo(Set.of("spark", "etl"));
    assertThat(source.kubeconfig()).contains(files.etc().resolve("kubeconfig"));
    assertThat(files.read().gateway().routing().clusters()).isEmpty();
  }

  @Test
  void driversRunAsTheUsualAccountAloneUnlessMoreAreNamed() throws IOException {
    String named = "serviceAccounts: [spark, etl]";
    assertThat(example).contains(named);
    files.write(example.replace(named, ""));
    assertThat(read().catalogs().serviceAccounts()).isEqualTo(Set.of("spark"));
  }

  @Test
  void clustersGetTheGatewaysCatalogsWithoutTheirSecrets() {
    KubernetesCatalogs catalogs = read().catalogs();
    assertThat(catalogs.sparkVersion()).isEqualTo(Version.ofSpark());
    assertThat(catalogs.catalog("lake"))
        .isEqualTo(catalogs.catalogs())
        .containsEntry("spark.sql.catalog.lake.uri", "https://catalog.example/")
        .containsEntry("spark.sql.catalog.lake.cache-enabled", "false")
        .doesNotContainValue("s3cret");
    assertThat(files.read().gateway().catalogs().get(0).properties()).containsValue("s3cret");
    assertThatThrownBy(() -> catalogs.catalog("pond"))
        .hasMessage("spec.catalogRef is none of [lake]: pond");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "[sales, research]     | []                    | namespaces: the list is empty",
        "[sales, research]     | [Sales]               | namespaces: a namespace has up to 63 lower-case",
        "namespaces: [sales, research] |         | namespaces: name the namespaces whose Lake",
        "gatewayNamespace: gateways |            | gatewayNamespace: this key is missing",
        "gatewayNamespace: gateways | gatewayNamespace: a/b | gatewayNamespace: a namespace has up to",
        "name: sluice          | name: a.b             | name: it has up to 63 lower-case",
        "identity: gateway-7   | identity: Gateway 7   | identity: the value is up to 200 lower-case",
        "connectTokenFolder:   | connectTokenFolder: none # | connectTokenFolder: ",
        "[sales, research]     | [sales, support]      | connectTokenFolder: ",
        "identity: gateway-7   | context: x            | context: there is no such key. Known here",
      })
  void whatIsWrongIsToldWithItsPlace(String right, @Nullable String wrong, String told)
      throws IOException {
    assertThat(example).contains(right);
    files.write(example.replace(right, wrong == null ? "" : wrong));
    assertThatThrownBy(files::read)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("kubernetes." + told);
  }

  @Test
  void theClustersAreInOnePlace() throws IOException {
    String local = files.example();
    files.write(
        example + local.substring(local.indexOf("\nclusters:"), local.indexOf("\nrouting:")));
    assertThatThrownBy(files::read)
        .hasMessageContaining(
            "kubernetes: the clusters stand here, under clusters, or are objects");
    files.write(
        example.substring(0, example.indexOf("\nkubernetes:"))
            + example.substring(example.indexOf("\nrouting:")));
    assertThatThrownBy(files::read)
        .hasMessageContaining("clusters: name at least one here, or say under kubernetes");
  }

  @Test
  void theKeysOfSparkConnectAreSecrets() throws IOException {
    Path token = files.etc().resolve("connect/research");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(files::read)
        .hasMessageContaining("kubernetes.connectTokenFolder: Others than its owner may read");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void outsideOfAPodTheApiServerHasToBeNamed() {
    assertThatThrownBy(() -> KubernetesApi.connect(Optional.empty(), Runnable::run))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "kubernetes: the gateway does not run in a pod with a service account; name a"
                + " kubeconfigFile.");
    assertThatThrownBy(() -> KubernetesApi.identity(Optional.empty()))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("kubernetes.identity: say who this gateway is among all");
    assertThat(KubernetesApi.identity(Optional.of("one"))).isEqualTo("one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a text", "- a\n- b\n", "clusters: 1\n", "\u0000"})
  void whatIsNoKubeconfigIsToldAsThat(String text) throws IOException {
    Path file = folder.toRealPath().resolve("none");
    Files.writeString(file, text);
    assertThatThrownBy(() -> KubernetesApi.connect(Optional.of(file), Runnable::run))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("kubernetes.kubeconfigFile: " + file);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "https://192.0.2.1:6443  | certificate-authority-data: QQ==  | c | ",
        "http://127.0.0.1:1234   | tls-server-name: x                | c | ",
        "http://192.0.2.1:1234   | tls-server-name: x                | c | names an API server at http://",
        "https://192.0.2.1:6443  | insecure-skip-tls-verify: true    | c | does not have the API server's",
        "https://192.0.2.1:6443  | tls-server-name: x                | d | has no current-context",
      })
  void aKubeconfigSaysHowTheApiServerIsReachedSafely(
      String server, String more, String context, @Nullable String told) throws IOException {
    Path file = folder.toRealPath().resolve("kubeconfig");
    Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Config
        current-context: %s
        contexts: [{name: c, context: {cluster: k, user: u}}]
        clusters: [{name: k, cluster: {server: "%s", %s}}]
        users: [{name: u, user: {token: t}}]
        """
            .formatted(context, server, more));
    if (told == null) {
      try (KubernetesClient client = KubernetesApi.connect(Optional.of(file), Runnable::run)) {
        assertThat(client.getMasterUrl().toString()).startsWith(server);
        assertThat(client.getConfiguration().getRequestTimeout()).isEqualTo(5_000);
        assertThat(client.getConfiguration().getAutoOAuthToken()).isEqualTo("t");
      }
    } else {
      assertThatThrownBy(() -> KubernetesApi.connect(Optional.of(file), Runnable::run))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith("kubernetes.kubeconfigFile: " + file + " " + told);
    }
  }
}
