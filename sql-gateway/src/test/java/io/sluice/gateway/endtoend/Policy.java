package io.sluice.gateway.endtoend;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Policies in Ranger's JSON, each with an id of its own. */
public final class Policy {

  private static final AtomicInteger LAST_ID = new AtomicInteger(100);

  private Policy() {}

  public static String users(String... names) {
    return "\"users\":" + array(names);
  }

  public static String groups(String... names) {
    return "\"groups\":" + array(names);
  }

  public static String roles(String... names) {
    return "\"roles\":" + array(names);
  }

  /** Returns an item that speaks of select. */
  public static String item(String who) {
    return "{" + who + ",\"accesses\":[{\"type\":\"select\"}]}";
  }

  /** Returns an item that counts only where a script says so. */
  public static String item(String who, String script) {
    return ("{%s,\"accesses\":[{\"type\":\"select\"}],"
            + "\"conditions\":[{\"type\":\"_expression\",\"values\":[\"%s\"]}]}")
        .formatted(who, script);
  }

  /** Allows select; {@code path} is {@code schema.table.column}, each with wildcards. */
  public static String allow(String path, String who) {
    return access(path, "\"policyItems\":[" + item(who) + "]");
  }

  public static String deny(String path, String who) {
    return access(path, "\"denyPolicyItems\":[" + item(who) + "]");
  }

  public static String access(String path, String items) {
    return "{\"id\":%d,%s,%s}".formatted(LAST_ID.incrementAndGet(), resources(path), items);
  }

  public static String filter(String path, String who, String expression) {
    return filter(path, who, expression, 0);
  }

  public static String filter(String path, String who, String expression, int priority) {
    return ("{\"id\":%d,\"policyType\":2,\"policyPriority\":%d,%s,\"rowFilterPolicyItems\":[{%s,"
            + "\"accesses\":[{\"type\":\"select\"}],\"rowFilterInfo\":{\"filterExpr\":\"%s\"}}]}")
        .formatted(LAST_ID.incrementAndGet(), priority, resources(path), who, expression);
  }

  public static String mask(String path, String who, String type) {
    return maskOf(path, who, "\"dataMaskType\":\"" + type + "\"");
  }

  public static String customMask(String path, String who, String expression) {
    return maskOf(
        path, who, "\"dataMaskType\":\"CUSTOM\",\"valueExpr\":\"%s\"".formatted(expression));
  }

  private static String maskOf(String path, String who, String info) {
    return ("{\"id\":%d,\"policyType\":1,%s,\"dataMaskPolicyItems\":[{%s,"
            + "\"accesses\":[{\"type\":\"select\"}],\"dataMaskInfo\":{%s}}]}")
        .formatted(LAST_ID.incrementAndGet(), resources(path), who, info);
  }

  private static String resources(String path) {
    String[] names = {"database", "table", "column"};
    String[] parts = path.split("\\.");
    StringBuilder json = new StringBuilder();
    for (int i = 0; i < parts.length; i++) {
      json.append(i == 0 ? "" : ",")
          .append("\"%s\":{\"values\":[\"%s\"]}".formatted(names[i], parts[i]));
    }
    return "\"resources\":{" + json + "}";
  }

  private static String array(String... names) {
    return Stream.of(names).collect(Collectors.joining("\",\"", "[\"", "\"]"));
  }
}
