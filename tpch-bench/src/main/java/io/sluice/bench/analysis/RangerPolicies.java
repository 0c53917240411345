package io.sluice.bench.analysis;

import io.sluice.bench.query.TpchQueries;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.policy.loader.PolicyEngineLoader;
import io.sluice.planner.rewrite.PolicyExpressionCheck;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The {@link Restrictions} as Ranger's policies, in Ranger's own engine. */
final class RangerPolicies {

  private static final String SELECT = "\"accesses\":[{\"type\":\"select\"}]";

  private RangerPolicies() {}

  /**
   * Opens the engine that the build left.
   *
   * @param folder gets the policy file; it is there as long as the engine
   */
  static PolicyEngine open(Path folder, List<TableMetadata> tables) throws IOException {
    Files.writeString(
        folder.resolve(TpchCatalog.CATALOG + ".json"),
        "{\"serviceName\":\"%s\",\"policies\":[%s]}"
            .formatted(TpchCatalog.CATALOG, String.join(",\n", policies(tables))));
    PolicyEngine engine =
        PolicyEngineLoader.load(jars())
            .open(
                folder,
                Map.of(TpchCatalog.CATALOG, TpchCatalog.CATALOG),
                new PolicyExpressionCheck(InstantSource.system()));
    if (!engine.health().ready()) {
      throw new IllegalStateException("Ranger refused the policies: " + engine.health());
    }
    return engine;
  }

  private static List<Path> jars() throws IOException {
    Path target = Path.of(System.getProperty("sluice.root", ".")).resolve("policy-ranger/target");
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> own =
        Files.newDirectoryStream(target, "sluice-policy-ranger-*.jar")) {
      own.forEach(jars::add);
    }
    jars.addAll(PolicyEngineLoader.readClassPath(target.resolve("classpath")));
    return jars;
  }

  private static List<String> policies(List<TableMetadata> tables) {
    String everybody = users(Restrictions.users());
    List<String> policies = new ArrayList<>();
    policies.add(
        policy(1, 0, resources("*", "*"), "policyItems", "%s,%s".formatted(everybody, SELECT)));
    for (TableMetadata table : tables) {
      String name = table.name().table();
      policies.add(
          policy(
              policies.size() + 1,
              2,
              resources(name),
              "rowFilterPolicyItems",
              "%s,%s,\"rowFilterInfo\":{\"filterExpr\":\"%s\"}"
                  .formatted(everybody, SELECT, Restrictions.filter(table))));
      policies.add(
          policy(
              policies.size() + 1,
              1,
              resources(name, Restrictions.masked(table)),
              "dataMaskPolicyItems",
              "%s,%s,\"dataMaskInfo\":{\"dataMaskType\":\"MASK_SHOW_LAST_4\"}"
                  .formatted(everybody, SELECT)));
      for (int query = 1; query <= TpchQueries.COUNT; query++) {
        String user = users(List.of(Restrictions.denied(query)));
        Restrictions.unused(table, query)
            .ifPresent(
                column ->
                    policies.add(
                        policy(
                            policies.size() + 1,
                            0,
                            resources(name, column),
                            "denyPolicyItems",
                            user + "," + SELECT)));
      }
    }
    return policies;
  }

  private static String policy(int id, int type, String resources, String items, String item) {
    return "{\"id\":%d,\"policyType\":%d,\"resources\":{%s},\"%s\":[{%s}]}"
        .formatted(id, type, resources, items, item);
  }

  private static String users(List<String> users) {
    return users.stream()
        .map(user -> '"' + user + '"')
        .collect(Collectors.joining(",", "\"users\":[", "]"));
  }

  /** A table, or a table and a column of it. */
  private static String resources(String... names) {
    String[] kinds = {"table", "column"};
    StringBuilder json =
        new StringBuilder("\"database\":{\"values\":[\"" + TpchCatalog.SCHEMA + "\"]}");
    for (int level = 0; level < names.length; level++) {
      json.append(",\"%s\":{\"values\":[\"%s\"]}".formatted(kinds[level], names[level]));
    }
    return json.toString();
  }
}
