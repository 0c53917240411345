package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.planner.function.FunctionAllowList;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every function that Spark has is decided on. */
class FunctionRegistryTest {

  private final FunctionAllowList list = FunctionAllowList.ofSpark();

  private static Set<String> functionsOfSpark() {
    try (DirectSpark spark = DirectSpark.open(GatewayFixture.shared().sparkEndpoint())) {
      return spark.rows("show system functions").stream()
          .map(row -> row.get(0))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void theListIsOfSparksOwnFunctions() {
    Set<String> ofSpark = functionsOfSpark();
    Set<String> undecided = new TreeSet<>(ofSpark);
    undecided.removeIf(name -> list.knows(name) || list.refuses(name) || isOperator(name));
    assertThat(undecided).isEmpty();
    Set<String> unknown = new TreeSet<>(list.names());
    unknown.addAll(list.tableFunctions());
    unknown.removeAll(ofSpark);
    assertThat(unknown).isEmpty();
  }

  /** The grammar has no call of it. */
  private static boolean isOperator(String name) {
    return !name.matches("\\w+");
  }
}
