package io.sluice.planner.corpus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every statement of the corpus as Spark and as the planner read it; made once for all tests. */
final class CorpusReadings {

  record Reading(String text, SparkReading spark, PlannerReading planner, Comparison comparison) {

    static List<Reading> all(List<String> texts) {
      // Nothing of the enclosing class may be used there: its initializer waits for this.
      return SparkThread.call(() -> texts.stream().map(Reading::of).toList());
    }

    private static Reading of(String text) {
      SparkReading spark = SparkOracle.read(text);
      PlannerReading planner = PlannerReading.Reader.read(text);
      return new Reading(text, spark, planner, Comparison.of(spark, planner));
    }

    boolean parsesInSpark() {
      return !(spark instanceof SparkReading.Rejected);
    }

    String describeDifference() {
      return "statement: " + text + "\n" + comparison.difference().orElse("");
    }
  }

  private static final List<Reading> READINGS = Reading.all(Corpus.statements());

  private CorpusReadings() {}

  static List<Reading> all() {
    return READINGS;
  }

  /** Returns those that Spark's parser accepts. */
  static Stream<Reading> accepted() {
    return READINGS.stream().filter(Reading::parsesInSpark);
  }

  /** Returns how many there are of each kind. */
  static <T> Map<String, Long> count(Stream<T> items, Function<T, String> kind) {
    return items.collect(Collectors.groupingBy(kind, TreeMap::new, Collectors.counting()));
  }

  /** Leaves counts below {@code target}, the most frequent first, for whoever wants to know. */
  static void record(String name, Map<String, Long> counts) {
    String lines =
        counts.entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .map(entry -> "%6d %s\n".formatted(entry.getValue(), entry.getKey()))
            .collect(Collectors.joining());
    try {
      Path directory = Files.createDirectories(Path.of("target", "corpus"));
      Files.writeString(directory.resolve(name), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
