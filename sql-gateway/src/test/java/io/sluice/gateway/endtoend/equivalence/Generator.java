package io.sluice.gateway.endtoend.equivalence;

import io.sluice.gateway.endtoend.equivalence.Scope.Field;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Makes one statement by chance, and knows which columns it uses that its user may not read. What
 * it makes has one answer: no sample, limit or window depends on an order that the text leaves
 * open.
 */
final class Generator {

  private static final int MOST_TABLES = 4;

  private final World world;
  private final String user;
  private final SplittableRandom chance;
  private final boolean reachesForHidden;
  private final boolean writes;
  private final Set<String> touched = new LinkedHashSet<>();
  private final Expressions expressions = new Expressions(this);
  private final Relations relations = new Relations(this);
  private final Queries queries = new Queries(this);
  private Map<String, List<Field>> commonTables = new HashMap<>();
  private int names;
  private int tables;

  /**
   * @param reachesForHidden whether it may use what the user may not read
   * @param writes whether the statement is a write
   */
  Generator(
      World world, String user, SplittableRandom chance, boolean reachesForHidden, boolean writes) {
    this.world = world;
    this.user = user;
    this.chance = chance;
    this.reachesForHidden = reachesForHidden;
    this.writes = writes;
  }

  World world() {
    return world;
  }

  SplittableRandom chance() {
    return chance;
  }

  /** Returns true once in so many times. */
  boolean once(int in) {
    return chance.nextInt(in) == 0;
  }

  <T> T pick(List<T> choices) {
    return ColumnType.pick(chance, choices);
  }

  Expressions expressions() {
    return expressions;
  }

  Relations relations() {
    return relations;
  }

  Queries queries() {
    return queries;
  }

  /** Returns a name that nothing else has. */
  String newName(String prefix) {
    return prefix + names++;
  }

  boolean reachesForHidden() {
    return reachesForHidden;
  }

  boolean writes() {
    return writes;
  }

  /** Returns what the text uses and the user may not read, as refusals name it. */
  Set<String> touched() {
    return touched;
  }

  void touch(Optional<String> denied) {
    denied.ifPresent(touched::add);
  }

  void touchAll(List<Field> fields) {
    fields.forEach(field -> touch(field.denied()));
  }

  /** Chooses a table that may stand here, and counts it. */
  TestTable table() {
    List<TestTable> open =
        world.tables().stream()
            .filter(table -> reachesForHidden || !world.policy(user, table).closed())
            .toList();
    TestTable table = pick(open);
    tables++;
    if (world.policy(user, table).closed()) {
      touched.add(table.name());
    }
    return table;
  }

  /** Returns a table's columns as the user may name them. */
  List<Field> fields(TestTable table) {
    TablePolicy policy = world.policy(user, table);
    return table.columns().entrySet().stream()
        .map(
            column ->
                new Field(
                    column.getKey(),
                    column.getValue(),
                    policy.closed()
                        ? Optional.of(table.name())
                        : policy.denied().contains(column.getKey())
                            ? Optional.of(table.name() + "/" + column.getKey())
                            : Optional.empty()))
        .toList();
  }

  boolean mayReadMoreTables() {
    return tables < MOST_TABLES;
  }

  /** Returns the common table expressions that can be named here. */
  Map<String, List<Field>> commonTables() {
    return commonTables;
  }

  void define(String name, List<Field> columns) {
    commonTables = new HashMap<>(commonTables);
    commonTables.put(name, columns);
  }

  /** Makes something in a scope of its own for common table expressions. */
  <T> T nested(Supplier<T> making) {
    Map<String, List<Field>> before = commonTables;
    try {
      return making.get();
    } finally {
      commonTables = before;
    }
  }
}
