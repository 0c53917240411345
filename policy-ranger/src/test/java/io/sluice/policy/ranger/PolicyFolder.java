package io.sluice.policy.ranger;

import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.policy.ExpressionCheck;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.policy.PolicyHealth;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes a service's files, opens the engine over them, and asks in few words. */
final class PolicyFolder implements AutoCloseable {

  static final String SERVICE = "lake";

  static final ExpressionCheck ANY_EXPRESSION = (use, expression) -> Optional.empty();

  private final Path folder;
  private @Nullable PolicyEngine engine;

  private PolicyFolder(Path folder) {
    this.folder = folder;
  }

  static PolicyFolder in(Path folder) {
    return new PolicyFolder(folder);
  }

  /** Policies of the service {@code lake}, each one JSON object. */
  PolicyFolder policies(String... policies) {
    return file(
        "lake.json",
        "{\"serviceName\":\"lake\",\"policies\":[" + String.join(",", policies) + "]}");
  }

  PolicyFolder file(String name, String json) {
    try {
      Path part = folder.resolve(name + ".part");
      Files.writeString(part, json);
      Files.move(part, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  PolicyFolder open() {
    return open(InstantSource.system());
  }

  PolicyFolder open(InstantSource clock) {
    return open(ANY_EXPRESSION, clock);
  }

  PolicyFolder open(ExpressionCheck expressions, InstantSource clock) {
    engine = FolderPolicyEngine.open(folder, Map.of("lake", SERVICE), expressions, clock);
    return this;
  }

  PolicyEngine engine() {
    return Objects.requireNonNull(engine, "not open");
  }

  /** The one problem that the engine has with the files. */
  String problem() {
    List<PolicyHealth.Problem> problems = engine().health().problems();
    return problems.size() == 1 ? problems.get(0).reason() : problems.toString();
  }

  TableDecision decide(String user, String table, String... columns) {
    return decide(new Principal(user, Set.of()), "10.1.2.3", table, columns);
  }

  /** {@code table} is {@code schema.table}. */
  TableDecision decide(Principal principal, String address, String table, String... columns) {
    int dot = table.indexOf('.');
    return engine()
        .decide(
            new TableRequest(
                principal,
                address,
                new TableName("lake", table.substring(0, dot), table.substring(dot + 1)),
                List.of(columns)));
  }

  @Override
  public void close() {
    if (engine != null) {
      engine.close();
    }
  }

  /** Gives users select on {@code schema.table.column}, each with wildcards. */
  static String allow(int id, String path, String... users) {
    return access(id, path, "\"policyItems\":[" + item(users) + "]");
  }

  static String deny(int id, String path, String... users) {
    return access(id, path, "\"denyPolicyItems\":[" + item(users) + "]");
  }

  static String access(int id, String path, String items) {
    return "{\"id\":" + id + "," + resources(path) + "," + items + "}";
  }

  static String filter(int id, String path, String user, String expression) {
    return filter(id, path, "\"users\":[\"" + user + "\"]", expression, "");
  }

  static String filter(int id, String path, String who, String expression, String more) {
    return "{\"id\":%d,\"policyType\":2,%s,%s\"rowFilterPolicyItems\":[{%s,\"accesses\":[{\"type\":\"select\"}],\"rowFilterInfo\":{\"filterExpr\":\"%s\"}}]}"
        .formatted(id, resources(path), more, who, expression);
  }

  static String mask(int id, String path, String user, String type) {
    return mask(id, path, user, "\"dataMaskType\":\"" + type + "\"", "");
  }

  static String mask(int id, String path, String user, String info, String more) {
    return "{\"id\":%d,\"policyType\":1,%s,%s\"dataMaskPolicyItems\":[{\"users\":[\"%s\"],\"accesses\":[{\"type\":\"select\"}],\"dataMaskInfo\":{%s}}]}"
        .formatted(id, resources(path), more, user, info);
  }

  static String item(String... users) {
    return "{\"users\":[\""
        + String.join("\",\"", users)
        + "\"],\"accesses\":[{\"type\":\"select\"}]}";
  }

  static String resources(String path) {
    String[] names = {"database", "table", "column"};
    String[] parts = path.split("\\.");
    StringBuilder json = new StringBuilder("\"resources\":{");
    for (int i = 0; i < parts.length; i++) {
      json.append(i == 0 ? "" : ",");
      json.append("\"" + names[i] + "\":{\"values\":[\"" + parts[i] + "\"]}");
    }
    return json.append("}").toString();
  }
}
