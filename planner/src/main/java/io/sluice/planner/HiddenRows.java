package io.sluice.planner;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.relation.ReadRelation;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Rows that a filter hides are read with the others and dropped, so the partitions that Spark reads
 * a table in are those of all its rows; what tells their numbers would tell how many are hidden.
 */
final class HiddenRows {

  private static final List<String> PARTITION_FUNCTIONS =
      List.of("spark_partition_id", "monotonically_increasing_id");

  private HiddenRows() {}

  /**
   * Refuses a text that holds a function which numbers partitions, whatever stands for it there,
   * when rows of a relation are hidden.
   *
   * @param text what Spark would be sent, with the texts of views and functions in it
   */
  static void refusePartitions(String text, List<ReadRelation> relations) {
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
              throw new SluiceException(
                  ErrorCode.FUNCTION_NOT_ALLOWED,
                  function
                      + " is not served over a table some of whose rows are hidden from you, because"
                      + " it counts them too. Number the rows with row_number() over a window.");
            });
  }

  private static boolean hidesRows(ReadRelation relation) {
    return Stream.concat(relation.tables(), relation.views())
        .anyMatch(read -> read.decision().rowFilter().isPresent());
  }
}
