package io.sluice.planner;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.parse.Trees;
import io.sluice.planner.relation.ReadRelation;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionCallContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SampleContext;

/**
 * Rows that a filter hides are read with the others and dropped, so the partitions that Spark reads
 * a table in are those of all its rows; what tells their numbers would tell how many are hidden.
 * Random numbers do, where the statement chooses the seed: Spark adds the partition's number to it.
 */
final class HiddenRows {

  private static final List<String> PARTITION_FUNCTIONS =
      List.of("spark_partition_id", "monotonically_increasing_id");

  /** Functions of random values, and how many arguments they take without a seed. */
  private static final Map<String, Integer> SEEDED_FUNCTIONS =
      Map.of(
          "rand", 0, "random", 0, "randn", 0, "uuid", 0, "randstr", 1, "shuffle", 1, "uniform", 2);

  /** Of all rows a sample tells nothing; such a one stands around every row filter. */
  private static final String ALL_ROWS = "100percent";

  private static final Pattern MAY_BE_SEEDED =
      Pattern.compile(
          SEEDED_FUNCTIONS.keySet().stream()
              .sorted()
              .collect(Collectors.joining("|", "\\b(", ")\\b|(?<!\\(100 percent\\) )repeatable")));

  private static final String WHY =
      " is not served over a table some of whose rows are hidden from you, because it counts them"
          + " too. ";

  private HiddenRows() {}

  /**
   * Refuses a text that holds what numbers partitions, whatever stands for it there, or what takes
   * a seed, when rows of a relation are hidden.
   *
   * @param text what Spark would be sent, with the texts of views and functions in it
   */
  static void refusePartitions(SparkParser parser, String text, List<ReadRelation> relations) {
    if (relations.stream().noneMatch(HiddenRows::hidesRows)) {
      return;
    }
    // As Spark looks functions up.
    String folded = text.toLowerCase(Locale.ROOT);
    PARTITION_FUNCTIONS.stream()
        .filter(folded::contains)
        .findFirst()
        .ifPresent(
            function -> {
              throw refusal(function + WHY + "Number the rows with row_number() over a window.");
            });
    if (MAY_BE_SEEDED.matcher(folded).find()) {
      refuseSeeds(parser.statement(text).tree());
    }
  }

  private static void refuseSeeds(ParserRuleContext statement) {
    for (ParserRuleContext part :
        Trees.all(statement, FunctionCallContext.class, SampleContext.class)) {
      if (part instanceof SampleContext sample) {
        if (sample.seed != null && !sample.sampleMethod().getText().equalsIgnoreCase(ALL_ROWS)) {
          throw refusal("TABLESAMPLE … REPEATABLE" + WHY + "Leave REPEATABLE out.");
        }
        continue;
      }
      seeded((FunctionCallContext) part)
          .ifPresent(
              function -> {
                throw refusal(function + " with a seed" + WHY + "Leave the seed out.");
              });
    }
  }

  private static Optional<String> seeded(FunctionCallContext call) {
    if (call.functionName().qualifiedName() == null) {
      return Optional.empty();
    }
    List<String> name = Identifiers.parts(call.functionName().qualifiedName());
    String function = name.get(name.size() - 1).toLowerCase(Locale.ROOT);
    return Optional.ofNullable(SEEDED_FUNCTIONS.get(function))
        .filter(arguments -> call.argument.size() > arguments)
        .map(arguments -> function);
  }

  private static SluiceException refusal(String text) {
    return new SluiceException(ErrorCode.FUNCTION_NOT_ALLOWED, text);
  }

  private static boolean hidesRows(ReadRelation relation) {
    return Stream.concat(relation.tables(), relation.views())
        .anyMatch(read -> read.decision().rowFilter().isPresent());
  }
}
