package io.sluice.gateway.main;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chart's gateways start with a configuration that this code takes. As Helm has made it where
 * the system property {@code sluice.kubernetes.chart} names what it made, else as the few things
 * are filled in here that the template uses.
 */
class ChartConfigurationTest {

  private static final ObjectMapper YAML =
      new ObjectMapper(new YAMLFactory().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER));
  private static final Path CHART = Path.of(System.getProperty("sluice.root"), "deploy/sluice");
  private static final String RENDERED = System.getProperty("sluice.kubernetes.chart", "");
  private static final String BEGIN = "  sluice.yaml: |\n";

  @TempDir private static Path folder;
  private static ServeFiles files;
  private static ObjectNode values;

  @BeforeAll
  static void make() throws IOException {
    files = new ServeFiles(folder.toRealPath());
    for (String mounted : List.of("tls", "identity", "connect")) {
      Files.createDirectory(files.etc().resolve(mounted));
    }
    Files.copy(files.etc().resolve("tls.crt"), files.etc().resolve("tls/tls.crt"));
    move("tls.key", "tls/tls.key");
    move("users.json", "identity/users.json");
    move("token.key", "identity/token.key");
    for (String tenant : List.of("gateways", "sales", "research")) {
      DataDirectory.writePrivately(
          files.etc().resolve("connect").resolve(tenant), "key".getBytes(StandardCharsets.UTF_8));
    }
    values = (ObjectNode) YAML.readTree(CHART.resolve("values.yaml").toFile());
    values.withObject("/config/catalogs/lake").put("uri", "https://catalog.example/");
  }

  private static void move(String from, String to) throws IOException {
    Files.move(files.etc().resolve(from), files.etc().resolve(to));
  }

  /** Returns the configuration as a pod has it. */
  private static String configuration() throws IOException {
    String map =
        RENDERED.isEmpty()
            ? filled(Files.readString(CHART.resolve("templates/configmap.yaml")))
            : Files.readString(Path.of(RENDERED));
    String text = map.substring(map.indexOf(BEGIN) + BEGIN.length());
    return text.lines()
        .takeWhile(line -> line.isBlank() || line.startsWith("    "))
        .map(line -> line.isBlank() ? "" : line.substring(4))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String filled(String template) {
    String text =
        template
            .replace("{{- include \"sluice.tenants\" . | nindent 8 }}", "\n        - gateways")
            .replace("{{ .Release.Namespace }}", "gateways")
            .replace("{{ .Release.Name }}", "sluice");
    text =
        replaced(
            text,
            "\\{\\{ \\.Values\\.([A-Za-z.]+)( \\| quote)? \\}\\}",
            found -> {
              String value = value(found.group(1)).asText();
              return found.group(2) == null ? value : "\"" + value + "\"";
            });
    text =
        replaced(
            text,
            "\\{\\{- toYaml \\.Values\\.([A-Za-z.]+) \\| nindent 4 \\}\\}",
            found -> "\n" + written(value(found.group(1))).strip().indent(4));
    String configuration = text.substring(text.indexOf(BEGIN));
    assertThat(configuration).as("all that the template uses is filled in").doesNotContain("{{");
    return text;
  }

  private static String replaced(String text, String pattern, Function<MatchResult, String> by) {
    return Pattern.compile(pattern)
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(by.apply(found)));
  }

  private static JsonNode value(String path) {
    JsonNode value = values.at("/" + path.replace('.', '/'));
    assertThat(value.isMissingNode()).as("values.yaml has " + path).isFalse();
    return value;
  }

  private static String written(JsonNode value) {
    try {
      return YAML.writeValueAsString(value);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static GatewaySettings read() throws IOException {
    files.write(
        configuration()
            .replace("/etc/sluice", files.etc().toString())
            .replace("/var/lib/sluice", files.data().toString()));
    return files.read().gateway();
  }

  @Test
  void serveTakesIt() throws IOException {
    GatewaySettings settings = read();
    ClusterSource.Kubernetes source = (ClusterSource.Kubernetes) settings.clusters();
    assertThat(source.gatewayNamespace()).isEqualTo("gateways");
    assertThat(source.namespaces())
        .isEqualTo(RENDERED.isEmpty() ? Set.of("gateways") : Set.of("sales", "research"));
    assertThat(source.name()).as("the release's").isEqualTo("sluice");
    assertThat(source.identity()).as("each pod has its own, by its environment").isEmpty();
    assertThat(source.kubeconfig()).as("the pod's service account").isEmpty();
    assertThat(settings.tls()).isPresent();
    assertThat(settings.grpcAddress().getPort()).isEqualTo(value("ports.grpc").asInt());
    assertThat(settings.httpAddress().getPort()).isEqualTo(value("ports.http").asInt());
    assertThat(settings.thriftAddress().getPort()).isEqualTo(value("ports.thrift").asInt());
    assertThat(settings.data()).isEqualTo(files.data().resolve("data"));
  }

  @Test
  void podsHaveWhatItNames() throws IOException {
    String pods = Files.readString(CHART.resolve("templates/deployment.yaml"));
    assertThat(pods).contains("args: [serve, --config, /etc/sluice/config/sluice.yaml]");
    assertThat(pods).contains("name: " + KubernetesApi.POD_NAME);
    for (String path : all(configuration(), ": (/(?:etc|var/lib)/sluice/[^\\s/]+)")) {
      assertThat(pods).contains("mountPath: " + path.replaceFirst("^(/var/lib/sluice).*", "$1"));
    }
    // HttpDoor's.
    assertThat(all(pods, "httpGet: \\{path: ([^,]+),"))
        .containsExactly("/health", "/health", "/ready");
  }

  @Test
  void prometheusIsSentWhereTheMetricsAre() throws IOException {
    String monitor = Files.readString(CHART.resolve("templates/servicemonitor.yaml"));
    // Doors'.
    assertThat(all(monitor, " path: (\\S+)")).containsExactly("/metrics");
    assertThat(all(monitor, " scheme: (\\S+)"))
        .as("the chart's doors have TLS")
        .containsOnly("https");
    assertThat(Files.readString(CHART.resolve("templates/service.yaml")))
        .contains("{name: " + all(monitor, " port: (\\S+)").get(0) + ", port:");
    all(monitor, "[^$] \\.([a-z][A-Za-z]+)")
        .forEach(setting -> value("metrics.serviceMonitor." + setting));
    assertThat(value("metrics.serviceMonitor.enabled").asBoolean()).isFalse();
    assertThat(read().metricsGroups()).isEmpty();
  }

  @Test
  void aPodHasTimeToComeToItsEnd() throws IOException {
    String pods = Files.readString(CHART.resolve("templates/deployment.yaml"));
    long before = Long.parseLong(all(pods, "preStop: \\{sleep: \\{seconds: ([0-9]+)").get(0));
    Duration needed = read().grace().plusSeconds(before).plusSeconds(15);
    assertThat(Duration.ofSeconds(value("terminationGracePeriodSeconds").asLong()))
        .isGreaterThanOrEqualTo(needed);
  }

  private static List<String> all(String text, String pattern) {
    return Pattern.compile(pattern).matcher(text).results().map(found -> found.group(1)).toList();
  }
}
