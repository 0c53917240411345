package io.sluice.bench.data;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What to write and where.
 *
 * @param scale TPC-H scale factor, above 0 and at most 100,000
 * @param uri JDBC address of the Iceberg catalog's database
 * @param warehouse location of the data, a {@code file:} URI or an absolute path, or an address
 *     that Iceberg's own file access understands
 * @param catalog the catalog's name in that database
 * @param schema the namespace that gets the tables
 * @param threads how many writers run at once
 * @param beside the process with which the writer ends; 0 for none
 */
record LoaderOptions(
    BigDecimal scale,
    String uri,
    String warehouse,
    String catalog,
    String schema,
    int threads,
    long beside) {

  static final String USAGE =
      """
      Usage: TpchLoader --scale N --uri JDBC-URI --warehouse LOCATION
                        [--catalog lake] [--schema tpch] [--threads CORES] [--beside PID]
      Writes the eight TPC-H tables into an Iceberg JDBC catalog.
      Exit status: 0 all tables are there, 1 failed, 2 usage, 4 other tables stand in the way.
      """;

  private static final List<String> NAMES =
      List.of("--scale", "--uri", "--warehouse", "--catalog", "--schema", "--threads", "--beside");
  private static final BigDecimal LARGEST_SCALE = BigDecimal.valueOf(100_000);

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException with one sentence for the user when it cannot be used
   */
  static LoaderOptions parse(String[] arguments, int cores) {
    Map<String, String> given = new HashMap<>();
    for (int index = 0; index < arguments.length; index += 2) {
      String name = arguments[index];
      if (!NAMES.contains(name)) {
        throw new IllegalArgumentException("Unknown option " + name + ".");
      }
      if (index + 1 == arguments.length) {
        throw new IllegalArgumentException("Option " + name + " needs a value.");
      }
      given.put(name, arguments[index + 1]);
    }
    String threads = given.getOrDefault("--threads", Integer.toString(cores));
    if (!threads.matches("[1-9][0-9]{0,3}")) {
      throw new IllegalArgumentException("--threads takes a number from 1 to 9999.");
    }
    String beside = given.getOrDefault("--beside", "0");
    if (!beside.matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException("--beside takes the number of a process.");
    }
    return new LoaderOptions(
        scale(required(given, "--scale")),
        required(given, "--uri"),
        location(required(given, "--warehouse")),
        given.getOrDefault("--catalog", "lake"),
        given.getOrDefault("--schema", "tpch"),
        Integer.parseInt(threads),
        Long.parseLong(beside));
  }

  /** Returns whether the data lies in this machine's own file system. */
  boolean isLocal() {
    return warehouse.startsWith("file:");
  }

  private static String required(Map<String, String> given, String name) {
    String value = given.get(name);
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException("Option " + name + " is missing.");
    }
    return value;
  }

  private static BigDecimal scale(String text) {
    try {
      BigDecimal scale = new BigDecimal(text);
      if (scale.signum() > 0 && scale.compareTo(LARGEST_SCALE) <= 0) {
        return new BigDecimal(scale.stripTrailingZeros().toPlainString());
      }
    } catch (NumberFormatException e) {
      // The refusal below says it.
    }
    throw new IllegalArgumentException(
        "--scale takes a number above 0 and at most 100000, not " + text + ".");
  }

  private static String location(String text) {
    return text.startsWith("/") ? "file:" + text : text;
  }
}
