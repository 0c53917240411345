package io.sluice.planner.corpus;

import java.util.List;
import java.util.SplittableRandom;

/** Changes statements by chance; the same number always makes the same mutation. */
final class Mutator {

  static final long SEED = 20261122;

  /** Longer ones take long to parse and teach nothing more. */
  private static final int LONGEST = 3000;

  private static final int MOST_CHANGES = 3;

  private final List<String> statements;

  Mutator(List<String> statements) {
    this.statements = statements.stream().filter(text -> text.length() <= LONGEST).toList();
  }

  Mutation mutation(long number) {
    SplittableRandom chance = new SplittableRandom(SEED * 31 + number * 0x9E3779B97F4A7C15L);
    String origin = pick(statements, chance);
    String text = origin;
    for (int changes = 1 + chance.nextInt(MOST_CHANGES); changes > 0; changes--) {
      text =
          chance.nextInt(4) == 0
              ? Nesting.change(text, pick(statements, chance), chance)
              : new Pieces(text, chance).change();
    }
    return new Mutation(number, origin, text);
  }

  static <T> T pick(List<T> choices, SplittableRandom chance) {
    return choices.get(chance.nextInt(choices.size()));
  }
}
