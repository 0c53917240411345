package io.sluice.planner.cache;

import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.catalog.TableVersion;
import io.sluice.planner.catalog.ViewMetadata;
import io.sluice.planner.policy.PolicyEngine;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one analysis was told by the catalogs, and the versions of the policies that it was told. It
 * sees one state: a question that is put again gets the answer that it got. Filled by one thread,
 * then read by many.
 */
final class Evidence {

  private final PolicyEngine engine;
  private final Map<List<?>, Answered<?>> answers = new LinkedHashMap<>();
  private final Map<String, String> policies = new HashMap<>();
  private boolean lasting = true;

  private record Answered<T>(Supplier<T> question, T answer) {

    boolean isSame() {
      return Objects.equals(question.get(), answer);
    }
  }

  Evidence(PolicyEngine engine) {
    this.engine = engine;
  }

  /**
   * Puts a question to a catalog.
   *
   * @param about tells it from all other questions
   */
  @SuppressWarnings("unchecked") // A question has answers of one type.
  <T> T ask(List<?> about, Supplier<T> question) {
    Answered<?> known = answers.get(about);
    if (known != null) {
      return (T) known.answer();
    }
    boolean before = lasting;
    lasting = false;
    T answer = question.get();
    // A question that failed may have another answer at any time.
    lasting = before;
    answers.put(about, new Answered<>(question, answer));
    return answer;
  }

  /** Notes, before they are asked, that the policies of a catalog have a say. */
  void policiesOf(String catalog) {
    Optional<String> version = engine.version(catalog);
    @Nullable String before = policies.put(catalog, version.orElse(""));
    lasting &= version.isPresent() && (before == null || before.equals(version.get()));
  }

  /** Returns whether all of it may be compared later with what is true then. */
  boolean isLasting() {
    return lasting;
  }

  /** Returns whether it is all still so. */
  boolean holds() {
    try {
      return policies.entrySet().stream()
              .allMatch(
                  policy -> engine.version(policy.getKey()).equals(Optional.of(policy.getValue())))
          && answers.values().stream().allMatch(Answered::isSame);
    } catch (RuntimeException unanswered) {
      return false;
    }
  }

  /** Returns about how many bytes it holds. */
  int weight() {
    int weight = 0;
    for (Answered<?> answered : answers.values()) {
      weight += 500;
      if (answered.answer() instanceof Optional<?> found
          && found.orElse(null) instanceof TableMetadata table) {
        weight += 200 * table.columns().size();
      } else if (answered.answer() instanceof Optional<?> state
          && state.orElse(null) instanceof TableVersion version) {
        weight += 400 * version.columns().size();
      } else if (answered.answer() instanceof Optional<?> known
          && known.orElse(null) instanceof ViewMetadata view) {
        weight += 2 * view.sql().map(String::length).orElse(0);
      } else if (answered.answer() instanceof Optional<?> shape
          && shape.orElse(null) instanceof List<?> columns) {
        weight += 1000 * columns.size();
      }
    }
    return weight;
  }
}
