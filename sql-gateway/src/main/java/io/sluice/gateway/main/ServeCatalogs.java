package io.sluice.gateway.main;

import io.sluice.gateway.configuration.Section;
import io.sluice.model.ProtectedAddress;
import io.sluice.planner.catalog.CatalogConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The catalogs of a configuration.
 *
 * @param services the Ranger service of each catalog
 */
record ServeCatalogs(List<CatalogConfiguration> configurations, Map<String, String> services) {

  private enum Type {
    JDBC,
    REST
  }

  private static final Map<Type, Set<String>> SECRETS =
      Map.of(
          Type.JDBC, Set.of("jdbc.user", "jdbc.password"),
          Type.REST, Set.of("token", "credential"));

  /** It names a file of the folder of policies. */
  private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9_-]{1,63}");

  static ServeCatalogs read(Section root, FileTrust trust) {
    List<CatalogConfiguration> configurations = new ArrayList<>();
    Map<String, String> services = new HashMap<>();
    root.named("catalogs")
        .forEach(
            (name, section) -> {
              configurations.add(catalog(name, section, trust));
              services.put(name, service(name, section));
            });
    return new ServeCatalogs(List.copyOf(configurations), Map.copyOf(services));
  }

  /** Returns the properties that may stand where others than the gateway read them. */
  static Map<String, String> withoutSecrets(Map<String, String> properties) {
    Map<String, String> open = new HashMap<>(properties);
    SECRETS.values().forEach(open.keySet()::removeAll);
    return open;
  }

  private static String service(String name, Section section) {
    String service = section.optional("policyService").orElse(name);
    if (!SERVICE.matcher(service).matches()) {
      throw section.wrong("policyService", "the value is up to 63 letters, digits, - and _");
    }
    return service;
  }

  private static CatalogConfiguration catalog(String name, Section section, FileTrust trust) {
    if (name.contains("-")) {
      throw section.wrong(
          "type", "the name " + name + " would have to be quoted in SQL; write _ for -");
    }
    if (name.equals("spark_catalog")) {
      throw section.wrong("type", "spark_catalog is Spark's own; choose another name");
    }
    Type type = section.choice("type", Type.class);
    String kind = type.name().toLowerCase(Locale.ROOT);
    Map<String, String> properties = new HashMap<>();
    String uri = section.text("uri");
    if (CatalogProperties.holdsSecret(uri)) {
      throw section.wrong(
          "uri",
          "the address holds a password, or a user before an @; write both into the"
              + " credentialsFile");
    }
    properties.put("uri", uri);
    section.optional("warehouse").ifPresent(warehouse -> properties.put("warehouse", warehouse));
    if (type == Type.JDBC) {
      if (!uri.startsWith("jdbc:")) {
        throw section.wrong("uri", "the address of a jdbc catalog begins with jdbc:");
      }
      if (section.optional("warehouse").isEmpty()) {
        throw section.wrong("warehouse", "a jdbc catalog has a warehouse, where new tables lie");
      }
      // The older schema knows no views.
      properties.put("jdbc.schema-version", "V1");
      if (uri.startsWith("jdbc:sqlite:")) {
        // The gateway reads while Spark writes.
        properties.put("jdbc.journal_mode", "WAL");
        properties.put("jdbc.busy_timeout", "10000");
      }
    } else if (!uri.startsWith("https://") && !uri.startsWith("http://")) {
      throw section.wrong("uri", "the address of a REST catalog begins with https:// or http://");
    }
    section
        .entries("properties")
        .forEach(
            (key, value) -> {
              CatalogProperties.refusal(kind, key, value)
                  .ifPresent(
                      refusal -> {
                        throw section.wrong("properties", refusal);
                      });
              properties.put(key, value);
            });
    if (section.optionalPath("credentialsFile").isPresent()) {
      if (type == Type.REST && !ProtectedAddress.is(uri)) {
        throw section.wrong(
            "uri",
            "with a credentialsFile the address begins with https://; http:// is for loopback only,"
                + " as the token would be readable on its way");
      }
      properties.putAll(
          credentials(
              section, ServeSettings.trusted(section, "credentialsFile", trust::secret), type));
    }
    return new CatalogConfiguration(name, type.name(), properties);
  }

  /**
   * Looks for the drivers of JDBC catalogs; they log, so the log must be known by then.
   *
   * @throws StartException if one is missing
   */
  static void checkDrivers(List<CatalogConfiguration> catalogs) {
    for (CatalogConfiguration catalog : catalogs) {
      if (catalog.type().equals("jdbc")) {
        try {
          var unused = DriverManager.getDriver(catalog.properties().get("uri"));
        } catch (SQLException unknown) {
          throw new StartException(
              "catalogs."
                  + catalog.name()
                  + ".uri: there is no JDBC driver for this address; one for jdbc:sqlite: comes with"
                  + " Sluice.");
        }
      }
    }
  }

  private static Map<String, String> credentials(Section section, Path file, Type type) {
    Map<String, String> credentials = new HashMap<>();
    try {
      int number = 0;
      for (String line : Files.readAllLines(file)) {
        number++;
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        String[] parts = line.split("=", 2);
        String key = parts[0].strip();
        Set<String> known = SECRETS.getOrDefault(type, Set.of());
        // Not what the line holds, which may be a secret.
        if (parts.length != 2 || parts[1].isBlank() || !known.contains(key)) {
          throw section.wrong(
              "credentialsFile",
              file
                  + ", line "
                  + number
                  + ": a line is KEY=VALUE, and KEY one of "
                  + String.join(", ", known.stream().sorted().toList()));
        }
        if (credentials.put(key, parts[1].strip()) != null) {
          throw section.wrong(
              "credentialsFile", file + ", line " + number + ": " + key + " is there twice");
        }
      }
    } catch (IOException failure) {
      throw section.wrong(
          "credentialsFile", file + " cannot be read: " + StartException.describe(failure));
    }
    return credentials;
  }
}
