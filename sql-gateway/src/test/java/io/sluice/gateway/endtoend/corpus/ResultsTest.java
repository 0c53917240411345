package io.sluice.gateway.endtoend.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.endtoend.DirectSpark;
import io.sluice.gateway.endtoend.GatewayFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The statements of Spark's own tests, through the gateway and on Spark directly: the same rows, or
 * the same error. The system property {@code sluice.corpus.share} says which part of the files is
 * taken, from 0 to 1, {@code sluice.corpus.seed} which, and {@code sluice.corpus.files} names them.
 */
class ResultsTest {

  private static final long SEED = Long.getLong("sluice.corpus.seed", 20261122);
  private static final double SHARE =
      Double.parseDouble(System.getProperty("sluice.corpus.share", "0.1"));
  private static final String FILES = System.getProperty("sluice.corpus.files", "");

  private static final String SCHEMA = "corpus";

  private static final String BEGIN = "<!-- What is refused though Spark runs it. -->";
  private static final String END = "<!-- The end of what is refused. -->";

  /** Code, number, and words of the refusal's text. */
  private static final Pattern DOCUMENTED =
      Pattern.compile("^\\| `([A-Z_]+)` \\| (\\d+) \\| `([^`]+)` \\|", Pattern.MULTILINE);

  private static final Path TARGET = Path.of("target").toAbsolutePath();

  private final GatewayFixture gateway = GatewayFixture.shared();
  private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
  private final Map<String, Integer> refusals = new TreeMap<>();
  private final Map<String, Integer> lost = new TreeMap<>();
  private final List<String> refused = new ArrayList<>();
  private final List<String> leftOpen = new ArrayList<>();
  private final List<String> differences = new ArrayList<>();

  @Test
  void statementsGiveWhatSparkGives() throws IOException {
    List<GoldenFile> files = chosen();
    System.out.printf(
        "corpus: seed %d, share %s, %d files, %d statements%n",
        SEED, SHARE, files.size(), size(files));
    Path folder = Files.createTempDirectory(TARGET, "corpus");
    GoldenFile.writeData(folder);
    List<String> ownCatalog =
        List.of(
            "set spark.sql.catalog.lake.uri=jdbc:sqlite:" + folder.resolve("catalog.db"),
            "set spark.sql.catalog.lake.warehouse=" + folder.resolve("warehouse"));
    try (DirectSpark shared = DirectSpark.open(gateway.sparkEndpoint());
        DirectSpark own = DirectSpark.open(gateway.sparkEndpoint())) {
      ownCatalog.forEach(own::run);
      for (DirectSpark each : List.of(shared, own)) {
        each.run("create schema lake." + SCHEMA);
        SuiteTables.make(each, SCHEMA, folder);
      }
      try {
        for (GoldenFile file : files) {
          try (Sides sides = new Sides(gateway, ownCatalog, SCHEMA)) {
            compare(file, sides);
          }
          SuiteTables.leaveOnly(shared, SCHEMA);
          SuiteTables.leaveOnly(own, SCHEMA);
          record();
        }
      } finally {
        SuiteTables.drop(shared, SCHEMA);
      }
    }
    assertThat(share()).as("%s%n%s", counts, String.join("\n", differences)).isGreaterThan(0.995);
    assertThat(counts.getOrDefault(Outcome.SAME, 0)).isGreaterThan(size(files) / 5);
    int all = lost.values().stream().mapToInt(Integer::intValue).sum();
    System.out.printf(
        "corpus: %d of %d statements, %.2f %%, are refused though Spark runs them%n%s",
        all, size(files), 100.0 * all / size(files), lines(lost));
    assertThat(!FILES.isEmpty() || all < size(files) / 20).as("%s", lost).isTrue();
    if (SHARE == 0.1 && SEED == 20261122 && FILES.isEmpty()) {
      assertThat(lost).allSatisfy(this::isListed);
    }
  }

  /** A reason for which statements are lost stands in the documentation, with how many. */
  private void isListed(String reason, int statements) {
    String code = reason.replaceFirst("^\\[([A-Z_]+)].*", "$1");
    int listed =
        DOCUMENTED
            .matcher(documentation())
            .results()
            .filter(row -> row.group(1).equals(code) && reason.contains(row.group(3)))
            .mapToInt(row -> Integer.parseInt(row.group(2)))
            .max()
            .orElse(0);
    assertThat(statements).as(reason).isLessThanOrEqualTo(listed);
  }

  private static String documentation() {
    try {
      String text = Files.readString(Path.of("..", "docs", "compatibility.md"));
      return text.substring(text.indexOf(BEGIN), text.indexOf(END));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void compare(GoldenFile file, Sides sides) {
    for (String statement : file.statements()) {
      Sides.Comparison comparison = sides.compare(statement);
      counts.merge(comparison.outcome(), 1, Integer::sum);
      if (comparison.outcome() == Outcome.REFUSED) {
        refusals.merge(comparison.reason(), 1, Integer::sum);
        if (comparison.lost()) {
          lost.merge(comparison.reason(), 1, Integer::sum);
        }
        refused.add(file.name() + ": " + comparison.reason() + ": " + oneLine(statement));
      } else if (comparison.outcome() == Outcome.LEFT_OPEN) {
        leftOpen.add(file.name() + ": " + oneLine(statement));
      } else if (comparison.outcome() == Outcome.DIFFERENT) {
        differences.add(file.name() + "\n" + statement + "\n" + comparison.reason() + "\n");
      }
    }
  }

  private static String oneLine(String statement) {
    return statement.replaceAll("\\s+", " ");
  }

  /** Returns which part of the statements that Sluice serves gives what Spark gives. */
  private double share() {
    double alike = count(Outcome.SAME) + count(Outcome.FAILED_ALIKE);
    return alike / (alike + count(Outcome.DIFFERENT));
  }

  private int count(Outcome outcome) {
    return counts.getOrDefault(outcome, 0);
  }

  private static List<GoldenFile> chosen() {
    List<GoldenFile> all = new ArrayList<>(GoldenFile.all());
    if (!FILES.isEmpty()) {
      List<String> names = List.of(FILES.split(","));
      return all.stream().filter(file -> names.contains(file.name())).toList();
    }
    int wanted = (int) Math.ceil(size(all) * SHARE);
    Collections.shuffle(all, new Random(SEED));
    List<GoldenFile> chosen = new ArrayList<>();
    for (GoldenFile file : all) {
      if (size(chosen) < wanted) {
        chosen.add(file);
      }
    }
    return chosen;
  }

  private static int size(List<GoldenFile> files) {
    return files.stream().mapToInt(file -> file.statements().size()).sum();
  }

  /** Leaves the figures so far, the refusals and every difference for whoever wants to know. */
  private void record() throws IOException {
    Files.writeString(
        TARGET.resolve("corpus-results.txt"),
        "seed %d, share %s%n%s%n%.5f%n%nrefused though Spark runs it:%n%s%nrefused:%n%s%n%s%n%nleft open:%n%s%n%ndifferent:%n%s%n"
            .formatted(
                SEED,
                SHARE,
                counts,
                share(),
                lines(lost),
                lines(refusals),
                String.join("\n", refused),
                String.join("\n", leftOpen),
                String.join("\n", differences)));
  }

  private static String lines(Map<String, Integer> reasons) {
    return reasons.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .map(entry -> "%6d %s%n".formatted(entry.getValue(), entry.getKey()))
        .collect(Collectors.joining());
  }
}
