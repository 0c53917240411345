package io.sluice.gateway.main;

import io.sluice.gateway.identity.PasswordHash;
import io.sluice.gateway.identity.UserStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * docs/serve.yaml and all the files that it names, below a folder: the documented file with other
 * paths and free ports, and nothing else changed.
 */
public final class ServeFiles {

  /** Users with their group; the name is the password. */
  private static final Map<String, String> USERS =
      Map.of(
          "admin", "administrators",
          "analyst", "analysts",
          "engineer", "engineers",
          "prometheus", "scrapers");

  private final Path root;

  ServeFiles(Path root) throws IOException {
    this.root = root;
    Files.createDirectories(etc().resolve("policies"));
    DataDirectory.writePrivately(etc().resolve("token.key"), new byte[32]);
    DataDirectory.writePrivately(
        etc().resolve("lake.credentials"),
        "# of SQLite, which asks for none\njdbc.user=sluice\njdbc.password=unused\n"
            .getBytes(StandardCharsets.UTF_8));
    DataDirectory.writePrivately(
        etc().resolve("users.json"),
        users(
            USERS.entrySet().stream()
                .map(user -> user(user.getKey(), Set.of(user.getValue()), user.getKey()))
                .toList()));
    policies("{}");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    TlsFiles tls = new DemoCertificate(root, java).files(new Date());
    Files.copy(tls.certificates(), etc().resolve("tls.crt"));
    Files.copy(tls.key(), etc().resolve("tls.key"));
    write(example());
  }

  /** Returns a user with a password of little worth. */
  public static UserStore.User user(String name, Set<String> groups, String password) {
    return new UserStore.User(name, groups, PasswordHash.of(password, 1_000, new SecureRandom()));
  }

  /** Returns the file that holds these users. */
  public static byte[] users(Collection<UserStore.User> users) {
    return users.stream()
        .map(
            user ->
                "{\"name\":\"%s\",\"groups\":[%s],\"password\":\"%s\"}"
                    .formatted(
                        user.name(),
                        user.principal().groups().stream()
                            .map(group -> '"' + group + '"')
                            .collect(Collectors.joining(",")),
                        user.password().text()))
        .collect(Collectors.joining(",", "{\"users\":[", "]}"))
        .getBytes(StandardCharsets.UTF_8);
  }

  Path etc() {
    return root.resolve("etc");
  }

  Path data() {
    return root.resolve("data");
  }

  Path authority() {
    return root.resolve("tls/ca.pem");
  }

  Path config() {
    return etc().resolve("serve.yaml");
  }

  /** Writes the configuration. */
  void write(String yaml) throws IOException {
    DataDirectory.writePrivately(config(), yaml.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes the policies of the catalog. */
  void policies(String json) throws IOException {
    DataDirectory.writePrivately(
        etc().resolve("policies/lake.json"), json.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the documented file for these folders. */
  String example() throws IOException {
    return here(Files.readString(Path.of(System.getProperty("sluice.root"), "docs/serve.yaml")));
  }

  /** Returns the one whose clusters are on Kubernetes, and makes the files that it names. */
  String exampleOnKubernetes() throws IOException {
    Files.createDirectories(etc().resolve("connect"));
    for (String secret : List.of("connect/sales", "connect/research", "kubeconfig")) {
      DataDirectory.writePrivately(
          etc().resolve(secret), "unused".getBytes(StandardCharsets.UTF_8));
    }
    DataDirectory.writePrivately(
        etc().resolve("catalog.credentials"), "credential=s3cret".getBytes(StandardCharsets.UTF_8));
    return here(
        Files.readString(Path.of(System.getProperty("sluice.root"), "docs/serve-kubernetes.yaml")));
  }

  private String here(String yaml) {
    return yaml.replace("/var/lib/sluice", data().toString())
        .replace("/etc/sluice", etc().toString())
        .replaceAll("(grpcPort|httpPort|thriftPort): [0-9]+", "$1: 0");
  }

  ServeSettings read() {
    return ServeSettings.read(config(), FileTrust.ofThisProcess());
  }
}
