package io.sluice.planner.corpus;

import java.util.List;

/** What Spark makes of a text. */
sealed interface SparkReading {

  /**
   * A text that Spark's parser turns into a plan.
   *
   * @param relations the base relations that the plan names, each as its parts, sorted; one that
   *     the plan holds twice is here twice
   * @param commonReferences how often the plan refers to a common table expression
   * @param written what the plan names before common table expressions are looked for, sorted:
   *     references to them too, and in a write or definition what it makes or changes
   */
  record Accepted(List<List<String>> relations, int commonReferences, List<List<String>> written)
      implements SparkReading {

    public Accepted {
      relations = List.copyOf(relations);
      written = List.copyOf(written);
    }
  }

  /** A text that parses, and that Spark refuses when it looks for what WITH defines. */
  record BadWith(String error) implements SparkReading {}

  /**
   * A text that Spark's parser rejects.
   *
   * @param error the class of the error
   * @param byGrammar whether its grammar does, or only what builds the plan from the tree
   */
  record Rejected(String error, boolean byGrammar) implements SparkReading {}
}
