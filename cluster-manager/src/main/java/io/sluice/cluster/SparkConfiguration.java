package io.sluice.cluster;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The settings that Sluice relies on; set at start and asked back before a replica is used. */
public final class SparkConfiguration {

  private static final Map<String, String> REQUIRED =
      Map.ofEntries(
          // What the gateway parsed is what Spark runs.
          Map.entry("spark.sql.variable.substitute", "false"),
          Map.entry("spark.sql.runSQLOnFiles", "false"),
          Map.entry("spark.sql.caseSensitive", "false"),
          Map.entry("spark.sql.ansi.enabled", "true"),
          Map.entry("spark.sql.ansi.enforceReservedKeywords", "false"),
          Map.entry("spark.sql.ansi.doubleQuotedIdentifiers", "false"),
          Map.entry("spark.sql.parser.escapedStringLiterals", "false"),
          Map.entry("spark.sql.parser.quotedRegexColumnNames", "false"),
          Map.entry("spark.sql.legacy.setopsPrecedence.enabled", "false"),
          Map.entry("spark.sql.legacy.exponentLiteralAsDecimal.enabled", "false"),
          Map.entry("spark.sql.legacy.parameterSubstitution.constantsOnly", "false"),
          Map.entry("spark.sql.legacy.identifierClause", "false"),
          // What the gateway says of a result is what comes.
          Map.entry("spark.sql.session.timeZone", "UTC"),
          Map.entry("spark.sql.execution.arrow.useLargeVarTypes", "false"),
          Map.entry("spark.sql.execution.arrow.compression.codec", "none"),
          // A statement is interrupted when its reports show that its jobs run.
          Map.entry("spark.connect.progress.reportInterval", "500ms"),
          // The gateway's clients take 16 MiB; the gateway limits the whole.
          Map.entry("spark.connect.grpc.arrow.maxBatchSize", "4m"),
          Map.entry("spark.driver.maxResultSize", "0"),
          // What the driver remembers of a plan holds its constants, each as long as a user made
          // it: some statements would be the end of the server.
          Map.entry("spark.sql.ui.retainedExecutions", "0"),
          Map.entry("spark.sql.maxPlanStringLength", "1m"),
          // What its parser learns of each new text has no bound else; in percent of its memory.
          Map.entry("spark.sql.parser.manageParserCaches", "true"),
          Map.entry("spark.sql.parser.parserDfaCacheFlushRatio", "5.0"));

  private static final Pattern CATALOG = Pattern.compile("spark\\.sql\\.catalog\\.[^.]+");

  private SparkConfiguration() {}

  /** Returns the settings that a replica must report before it is used. */
  public static Map<String, String> required(ReplicaSpec spec) {
    Map<String, String> required = new HashMap<>(REQUIRED);
    // A table that changed must not be read as it was.
    spec.configuration().keySet().stream()
        .filter(key -> CATALOG.matcher(key).matches())
        .forEach(catalog -> required.put(catalog + ".cache-enabled", "false"));
    return Map.copyOf(required);
  }
}
