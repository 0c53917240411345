package io.sluice.gateway.endtoend.equivalence;

import io.sluice.gateway.endtoend.equivalence.Writes.Write;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One statement of one user.
 *
 * @param number with the seed, all that is needed to make it again
 * @param text in which {@code {S}} and {@code {W}} stand for schemas
 * @param write what it writes; empty for a query
 * @param touched what it uses that the user may not read, {@code table} or {@code table/column}
 */
record Case(long number, String user, String text, Optional<Write> write, Set<String> touched) {

  Case {
    touched = Set.copyOf(touched);
  }

  static Case of(World world, long seed, long number) {
    SplittableRandom chance = new SplittableRandom(seed + number * 0x9E3779B97F4A7C15L);
    String user = ColumnType.pick(chance, World.USERS);
    boolean reachesForHidden = chance.nextInt(5) == 0;
    boolean writes = chance.nextInt(8) == 0;
    Generator generator = new Generator(world, user, chance, reachesForHidden, writes);
    if (writes) {
      Write write = new Writes(generator).any();
      return new Case(number, user, write.text(), Optional.of(write), generator.touched());
    }
    String text = generator.queries().whole().text();
    return new Case(number, user, text, Optional.empty(), generator.touched());
  }

  String kind() {
    return write.isPresent() ? "write" : "query";
  }

  @Override
  public String toString() {
    return "case %d, user %s, uses of what is denied %s:\n  %s"
        .formatted(number, user, touched, text);
  }
}
