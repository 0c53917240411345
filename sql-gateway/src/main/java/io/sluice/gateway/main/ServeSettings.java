package io.sluice.gateway.main;

import com.google.common.net.InetAddresses;
import io.sluice.gateway.configuration.ConfigurationException;
import io.sluice.gateway.configuration.Section;
import io.sluice.gateway.identity.UserFile;
import io.sluice.gateway.identity.UserStore;
import io.sluice.gateway.statement.StatementLimits;
import io.sluice.planner.Namespace;
import io.sluice.planner.catalog.CatalogConfiguration;
import io.sluice.router.Routing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What {@code sluice serve} is started with, read from its file and the files that it names.
 *
 * @param log the gateway's log
 * @param journal the statements' journal
 */
record ServeSettings(GatewaySettings gateway, Path log, Path journal) {

  private static final long MOST_BYTES = 1 << 20;
  private static final int LEAST_KEY_BYTES = 32;
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  /**
   * Reads a configuration.
   *
   * @throws ConfigurationException for the first thing that is wrong with it
   * @throws StartException if it, or a file that it names, is not to be trusted
   */
  static ServeSettings read(Path file, FileTrust trust) {
    trust.deciding(file);
    Section root = Section.read(file, text(file));
    // First, as what stands under a wrong name would seem to be missing.
    Path data = root.path("data");
    Section doors = root.section("doors");
    InetAddress address = address(doors);
    Optional<TlsFiles> tls = tls(doors, trust);
    if (tls.isEmpty() && !address.isLoopbackAddress()) {
      throw doors.wrong(
          "address",
          "without TLS the doors listen on a loopback address only; give them a certificate with"
              + " doors.tls, or use 127.0.0.1");
    }
    Section identity = root.section("identity");
    ServeCatalogs catalogs = ServeCatalogs.read(root, trust);
    Section limits = root.section("limits");
    Clusters clusters = clusters(root, catalogs.configurations(), data, trust);
    UserFile usersFile = new UserFile(identity.path("usersFile"), trust::secret);
    return new ServeSettings(
        new GatewaySettings(
            new InetSocketAddress(address, port(doors, "grpcPort")),
            new InetSocketAddress(address, port(doors, "httpPort")),
            new InetSocketAddress(address, port(doors, "thriftPort")),
            tls,
            users(identity, usersFile),
            Optional.of(usersFile),
            identity.text("administrators"),
            Set.copyOf(root.section("metrics").texts("groups")),
            tokenKey(identity, trust),
            catalogs.configurations(),
            home(root.section("home"), catalogs.configurations()),
            policies(root.section("policies"), catalogs.services(), trust),
            catalogs.services(),
            clusters.source(),
            clusters.routing(),
            data,
            new StatementLimits(
                limits.duration("clientStall", SHORTEST),
                limits.duration("runTime", SHORTEST),
                limits.count("rows").orElse(StatementLimits.UNLIMITED),
                limits.size("bytes").orElse(StatementLimits.UNLIMITED)),
            limits.size("ingestBytes").orElseThrow(),
            limits.duration("grace", Duration.ZERO),
            identity.duration("sessionIdle", SHORTEST)),
        under(root.section("log"), "file", data),
        under(root.section("journal"), "file", data));
  }

  private record Clusters(ClusterSource source, Routing routing) {}

  private static Clusters clusters(
      Section root, List<CatalogConfiguration> catalogs, Path data, FileTrust trust) {
    Section routing = root.section("routing");
    Set<String> names =
        catalogs.stream().map(CatalogConfiguration::name).collect(Collectors.toSet());
    if (!root.has("kubernetes")) {
      if (!root.has("clusters")) {
        throw root.wrong(
            "clusters",
            "name at least one here, or say under kubernetes which namespaces hold them");
      }
      List<ClusterDefinition> definitions = ServeClusters.read(root, catalogs, data);
      return new Clusters(
          new ClusterSource.Configured(definitions),
          ServeRouting.read(routing, definitions, names));
    }
    if (root.has("clusters")) {
      throw root.wrong(
          "kubernetes",
          "the clusters stand here, under clusters, or are objects on Kubernetes, not both");
    }
    return new Clusters(
        ServeKubernetes.read(root.section("kubernetes"), catalogs, trust),
        ServeRouting.ofComing(routing, names));
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new ConfigurationException(file.toString(), "it is larger than 1 MiB");
      }
      return Files.readString(file);
    } catch (CharacterCodingException notText) {
      throw new ConfigurationException(file.toString(), "it is not UTF-8");
    } catch (IOException failure) {
      throw new ConfigurationException(
          file.toString(), "it cannot be read: " + StartException.describe(failure));
    }
  }

  /** By default these lie in the data folder, wherever that is. */
  private static Path under(Section section, String key, Path data) {
    return section.has(key)
        ? section.path(key)
        : data.resolve(section.text(key).substring("data/".length()));
  }

  private static InetAddress address(Section doors) {
    String text = doors.text("address");
    if (!InetAddresses.isInetAddress(text)) {
      throw doors.wrong("address", "the value is an IP address, such as 127.0.0.1 or 0.0.0.0");
    }
    return InetAddresses.forString(text);
  }

  private static int port(Section doors, String key) {
    int port = doors.number(key, 0, 65535);
    for (String other : List.of("grpcPort", "httpPort", "thriftPort")) {
      if (port != 0 && !other.equals(key) && doors.number(other, 0, 65535) == port) {
        throw doors.wrong(key, "the port is that of " + other + " too; each door has its own");
      }
    }
    return port;
  }

  private static Optional<TlsFiles> tls(Section doors, FileTrust trust) {
    if (!doors.has("tls")) {
      return Optional.empty();
    }
    Section tls = doors.section("tls");
    Path certificate = trusted(tls, "certificateFile", trust::deciding);
    return Optional.of(new TlsFiles(certificate, trusted(tls, "keyFile", trust::secret)));
  }

  private static UserStore users(Section identity, UserFile file) {
    try {
      return file.users();
    } catch (StartException untrusted) {
      throw identity.wrong("usersFile", String.valueOf(untrusted.getMessage()));
    } catch (IllegalArgumentException wrong) {
      throw identity.wrong("usersFile", file.path() + " cannot be used: " + wrong.getMessage());
    } catch (IOException failure) {
      throw identity.wrong(
          "usersFile", file.path() + " cannot be read: " + StartException.describe(failure));
    }
  }

  private static byte[] tokenKey(Section identity, FileTrust trust) {
    Path file = trusted(identity, "tokenKeyFile", trust::secret);
    try {
      byte[] key = Files.readAllBytes(file);
      if (key.length < LEAST_KEY_BYTES) {
        throw identity.wrong(
            "tokenKeyFile", file + " is too short; make one with: head -c 32 /dev/urandom > FILE");
      }
      return key;
    } catch (IOException failure) {
      throw identity.wrong(
          "tokenKeyFile", file + " cannot be read: " + StartException.describe(failure));
    }
  }

  private static Path policies(Section policies, Map<String, String> services, FileTrust trust) {
    Path folder = trusted(policies, "folder", trust::decidingFolder);
    List<String> missing =
        services.values().stream()
            .distinct()
            .filter(service -> !Files.exists(folder.resolve(service + ".json")))
            .sorted()
            .toList();
    if (!missing.isEmpty()) {
      throw policies.wrong(
          "folder",
          folder
              + " holds no "
              + String.join(".json, ", missing)
              + ".json, the policies of the service of a catalog");
    }
    return folder;
  }

  private static Namespace home(Section home, List<CatalogConfiguration> catalogs) {
    String catalog = home.text("catalog");
    if (catalogs.stream().noneMatch(known -> known.name().equals(catalog))) {
      throw home.wrong("catalog", "there is no such catalog among catalogs");
    }
    return new Namespace(catalog, home.text("schema"));
  }

  /** Checks a file; whatever is wrong with it is told of the key that names it. */
  static Path trusted(Section section, String key, Consumer<Path> check) {
    Path file = section.path(key);
    try {
      check.accept(file);
    } catch (StartException untrusted) {
      throw section.wrong(key, String.valueOf(untrusted.getMessage()));
    }
    return file;
  }
}
