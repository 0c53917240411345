package io.sluice.gateway.main;

import io.sluice.gateway.configuration.Section;
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

  /** What has a key of its own, names a class, or would keep a table as it was. */
  private static final Pattern RESERVED =
      Pattern.compile("uri|warehouse|type|.*-impl|.*\\.impl|cache[.-].*|.*class.*");

  private static final Pattern SECRET =
      Pattern.compile(".*(password|secret|token|credential|access-key|jdbc\\.user).*");

  private static final Pattern ADDRESS_WITH_SECRET =
      Pattern.compile("(?i).*([?&;](password|pwd|token|secret)=|//[^/?]*:[^/?@]*@).*");

  static ServeCatalogs read(Section root, FileTrust trust) {
    List<CatalogConfiguration> configurations = new ArrayList<>();
    Map<String, String> services = new HashMap<>();
    root.named("catalogs")
        .forEach(
            (name, section) -> {
              configurations.add(catalog(name, section, trust));
              services.put(name, section.optional("policyService").orElse(name));
            });
    return new ServeCatalogs(List.copyOf(configurations), Map.copyOf(services));
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
    Map<String, String> properties = new HashMap<>();
    section
        .entries("properties")
        .forEach(
            (key, value) -> {
              String plain = key.toLowerCase(Locale.ROOT);
              if (SECRET.matcher(plain).matches()) {
                throw section.wrong(
                    "properties", key + " is a secret; it belongs into the credentialsFile");
              }
              if (RESERVED.matcher(plain).matches()) {
                throw section.wrong("properties", key + " may not be set here");
              }
              properties.put(key, value);
            });
    String uri = section.text("uri");
    if (ADDRESS_WITH_SECRET.matcher(uri).matches()) {
      throw section.wrong("uri", "the address holds a password; write it into the credentialsFile");
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
      properties.putIfAbsent("jdbc.schema-version", "V1");
      if (uri.startsWith("jdbc:sqlite:")) {
        // The gateway reads while Spark writes.
        properties.putIfAbsent("jdbc.journal_mode", "WAL");
        properties.putIfAbsent("jdbc.busy_timeout", "10000");
      }
    } else if (!uri.startsWith("https://") && !uri.startsWith("http://")) {
      throw section.wrong("uri", "the address of a REST catalog begins with https:// or http://");
    }
    if (section.optionalPath("credentialsFile").isPresent()) {
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
