package io.sluice.gateway.endtoend.equivalence;

import static io.sluice.gateway.endtoend.equivalence.ColumnType.pick;
import static io.sluice.gateway.endtoend.equivalence.TestTable.quoted;

import io.sluice.gateway.endtoend.Policy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What one user may see of one table.
 *
 * @param closed whether that is nothing at all
 * @param filter a condition on stored values
 * @param masks by column
 * @param denied columns that may not be read
 */
record TablePolicy(
    boolean closed, Optional<String> filter, Map<String, Mask> masks, Set<String> denied) {

  static final TablePolicy NOTHING_HIDDEN =
      new TablePolicy(false, Optional.empty(), Map.of(), Set.of());

  static final TablePolicy ALL_HIDDEN = new TablePolicy(true, Optional.empty(), Map.of(), Set.of());

  TablePolicy {
    masks = Map.copyOf(masks);
    denied = Set.copyOf(denied);
  }

  static TablePolicy any(TestTable table, SplittableRandom chance) {
    Map<String, Mask> masks = new LinkedHashMap<>();
    Set<String> denied = new HashSet<>();
    boolean denies = chance.nextInt(2) == 0;
    table
        .columns()
        .forEach(
            (column, type) -> {
              if (chance.nextInt(3) == 0) {
                masks.put(column, Mask.any(type, chance));
              } else if (denies && chance.nextInt(4) == 0) {
                denied.add(column);
              }
            });
    if (denied.containsAll(table.columns().keySet())) {
      denied.clear();
    }
    Optional<String> filter =
        chance.nextInt(3) == 0 ? Optional.empty() : Optional.of(condition(table, chance, 2));
    return new TablePolicy(false, filter, masks, denied);
  }

  private static String condition(TestTable table, SplittableRandom chance, int depth) {
    if (depth > 0 && chance.nextInt(3) == 0) {
      String left = condition(table, chance, depth - 1);
      String right = condition(table, chance, depth - 1);
      return pick(chance, List.of("(L and R)", "(L or R)", "not (L) or R", "coalesce(L, R)"))
          .replace("L", left)
          .replace("R", right);
    }
    String column = pick(chance, new ArrayList<>(table.columns().keySet()));
    String name = quoted(column);
    List<String> forms =
        switch (table.columns().get(column)) {
          case INT, BIGINT -> List.of("C > 1", "C in (1, 2, 5)", "C % 2 = 0", "C is not null");
          case TEXT -> List.of("C like '%a%'", "length(C) > 2", "lower(C) <> 'zz'", "C is null");
          case DECIMAL, DOUBLE -> List.of("C < 3", "C between 1 and 4", "coalesce(C, 0) = 0");
          case BOOLEAN -> List.of("C", "C is null", "not C", "C <=> true");
          case DATE, TIMESTAMP -> List.of("year(C) = 2024", "C < date'2024-04-01'");
          case STRUCT -> List.of("C.x = 1", "C.y = 'p'", "C is not null");
          case ARRAY -> List.of("size(C) > 1", "array_contains(C, 2)");
          case STRUCTS -> List.of("size(C) > 0", "C is not null");
        };
    return pick(chance, forms).replaceAll("\\bC\\b", name);
  }

  /** Returns the query over a table in a schema that a protected copy is made from. */
  String byHand(TestTable table, String schema) {
    List<String> items = new ArrayList<>();
    table
        .columns()
        .forEach(
            (column, type) -> {
              if (!denied.contains(column)) {
                Mask mask = masks.get(column);
                String name = quoted(column);
                items.add((mask == null ? name : mask.byHand(type, name)) + " as " + name);
              }
            });
    return "select %s from lake.%s.%s%s"
        .formatted(
            String.join(", ", items),
            schema,
            table.name(),
            filter.map(condition -> " where " + condition).orElse(""));
  }

  /** Returns the policies in Ranger's form. */
  List<String> policies(TestTable table, String schema, String user) {
    String who = Policy.users(user);
    String path = schema + "." + table.name();
    List<String> policies = new ArrayList<>();
    if (closed) {
      return policies;
    }
    policies.add(Policy.allow(path + ".*", who));
    denied.forEach(column -> policies.add(Policy.deny(path + "." + column, who)));
    filter.ifPresent(condition -> policies.add(Policy.filter(path, who, condition)));
    masks.forEach(
        (column, mask) ->
            policies.add(
                mask.type().equals("CUSTOM")
                    ? Policy.customMask(path + "." + column, who, mask.expression())
                    : Policy.mask(path + "." + column, who, mask.type())));
    return policies;
  }
}
