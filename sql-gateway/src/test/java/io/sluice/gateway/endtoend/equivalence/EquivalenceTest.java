package io.sluice.gateway.endtoend.equivalence;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.endtoend.ChangedPolicies;
import io.sluice.gateway.endtoend.DirectSpark;
import io.sluice.gateway.endtoend.GatewayFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Statements made by chance, over tables and policies made by chance: what a user gets through the
 * gateway is what Spark gives, without it, over tables that hold only what that user may see. The
 * system properties {@code sluice.equivalence.cases}, {@code .seed} and {@code .first} set how many
 * cases, which ones, and the number of the first.
 */
class EquivalenceTest {

  private static final long SEED = Long.getLong("sluice.equivalence.seed", 20261122);
  private static final long FIRST = Long.getLong("sluice.equivalence.first", 0);
  private static final long CASES = Long.getLong("sluice.equivalence.cases", 300);

  /** Another world costs seconds; its written tables grow. */
  private static final long CASES_PER_WORLD = 300;

  private static final int MOST_REPORTED = 10;

  @Test
  void aUserGetsWhatSparkGivesOverProtectedCopies() throws IOException {
    System.out.printf("equivalence: seed %d, cases %d from %d%n", SEED, CASES, FIRST);
    GatewayFixture gateway = GatewayFixture.shared();
    Map<String, Long> outcomes = new TreeMap<>();
    List<String> differences = new ArrayList<>();
    long end = FIRST + CASES;
    for (long number = FIRST; number < end; ) {
      long next = Math.min(end, (number / CASES_PER_WORLD + 1) * CASES_PER_WORLD);
      World world = World.of(SEED, number / CASES_PER_WORLD);
      try (DirectSpark spark = DirectSpark.open(gateway.sparkEndpoint());
          ChangedPolicies policies = ChangedPolicies.in(gateway)) {
        world.create(spark);
        policies.apply(world.policies());
        try (Sides sides = new Sides(gateway, world, spark)) {
          for (; number < next && differences.size() < MOST_REPORTED; number++) {
            Case each = Case.of(world, SEED, number);
            String outcome = sides.run(each);
            if (outcome.startsWith(Sides.DIFFERENCE)) {
              differences.add("seed " + SEED + ", " + each + "\n" + outcome);
            }
            outcomes.merge(
                each.kind() + ": " + outcome.lines().findFirst().orElseThrow(), 1L, Long::sum);
          }
        } finally {
          world.drop(spark);
        }
      }
      number = differences.size() < MOST_REPORTED ? number : end;
    }
    record(outcomes);
    assertThat(differences).isEmpty();
    assertThat(count(outcomes, "same")).as("%s", outcomes).isGreaterThan(CASES * 6 / 10);
    assertThat(count(outcomes, "refused")).as("%s", outcomes).isGreaterThan(CASES / 30);
    assertThat(count(outcomes, "failed alike")).as("%s", outcomes).isLessThan(CASES / 10);
    assertThat(count(outcomes, "not followed")).as("%s", outcomes).isLessThan(CASES / 20);
  }

  private static long count(Map<String, Long> outcomes, String outcome) {
    return outcomes.entrySet().stream()
        .filter(entry -> entry.getKey().contains(outcome))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Leaves the figures for whoever wants to know. */
  private static void record(Map<String, Long> outcomes) throws IOException {
    StringBuilder text = new StringBuilder("seed " + SEED + ", from " + FIRST + "\n");
    outcomes.forEach((outcome, count) -> text.append("%6d %s%n".formatted(count, outcome)));
    Files.writeString(Files.createDirectories(Path.of("target")).resolve("equivalence.txt"), text);
  }
}
