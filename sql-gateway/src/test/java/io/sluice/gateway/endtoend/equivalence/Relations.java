package io.sluice.gateway.endtoend.equivalence;

import static io.sluice.gateway.endtoend.equivalence.TestTable.quoted;

import io.sluice.gateway.endtoend.equivalence.Scope.Choice;
import io.sluice.gateway.endtoend.equivalence.Scope.Field;
import io.sluice.gateway.endtoend.equivalence.Scope.Source;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What stands in FROM. */
final class Relations {

  /** A FROM without the word, and the columns that it offers. */
  record From(String text, Scope scope) {}

  /** One relation, and whether a name of another could not be mistaken for its own. */
  private record Item(String text, Source source) {}

  private final Generator all;

  Relations(Generator all) {
    this.all = all;
  }

  /** Returns one relation or several joined ones. */
  From any(int depth) {
    Item first = item(depth, true);
    From from = new From(first.text(), new Scope().add(first.source()));
    for (int more = all.chance().nextInt(5); more > 2 && all.mayReadMoreTables(); more--) {
      from = joined(from, depth);
    }
    if (all.once(6)) {
      from = withLateralView(from);
    }
    return from;
  }

  /** Returns one relation under an alias. */
  From single(int depth) {
    Item item = item(depth, true);
    return new From(item.text(), new Scope().add(item.source()));
  }

  /** Returns a base table or common table expression under an alias, as pipes begin with. */
  From base() {
    Item item = tableOrCommon(true);
    return new From(item.text(), new Scope().add(item.source()));
  }

  /** Returns a base table under its own name. */
  From unaliased() {
    Item item = table(false);
    return new From(item.text(), new Scope().add(item.source()));
  }

  private Item item(int depth, boolean aliased) {
    if (depth <= 0 || all.once(2)) {
      return tableOrCommon(aliased);
    }
    return switch (all.chance().nextInt(8)) {
      case 0 -> values();
      case 1 -> pivot(depth - 1);
      case 2 -> unpivot(depth - 1);
      case 3 -> wholeTable();
      default -> subquery(depth - 1);
    };
  }

  private Item tableOrCommon(boolean aliased) {
    if (!all.commonTables().isEmpty() && all.once(2)) {
      List<String> names = all.commonTables().keySet().stream().sorted().toList();
      String name = all.pick(names);
      String alias = all.newName("r");
      return new Item(
          name + " as " + alias, new Source(List.of(alias), all.commonTables().get(name)));
    }
    return table(aliased);
  }

  private Item table(boolean aliased) {
    TestTable table = all.table();
    List<Field> fields = all.fields(table);
    boolean shadowed = all.commonTables().containsKey(table.name());
    String name =
        all.pick(
            shadowed
                ? List.of("{S}." + table.name(), "lake.{S}." + table.name())
                : List.of(
                    table.name(), table.name(), "{S}." + table.name(), "lake.{S}." + table.name()));
    String sampled = all.once(8) ? name + " tablesample (100 percent)" : name;
    if (!aliased) {
      List<String> qualifiers = new ArrayList<>(List.of(table.name()));
      if (!name.equals(table.name())) {
        qualifiers.add("{S}." + table.name());
      }
      return new Item(sampled, new Source(qualifiers, fields));
    }
    String alias = all.newName("r");
    boolean whole = fields.stream().allMatch(field -> field.denied().isEmpty());
    if (all.once(6) && (whole || all.reachesForHidden())) {
      all.touchAll(fields);
      List<Field> renamed = renamed(fields);
      return new Item(
          "%s as %s(%s)".formatted(sampled, alias, names(renamed)),
          new Source(List.of(alias), renamed));
    }
    return new Item(
        sampled + (all.once(2) ? " as " : " ") + alias, new Source(List.of(alias), fields));
  }

  private Item subquery(int depth) {
    String alias = all.newName("r");
    Query query = all.queries().nested(types(), depth);
    if (all.once(4)) {
      List<Field> renamed = renamed(query.columns());
      return new Item(
          "(%s) as %s(%s)".formatted(query.text(), alias, names(renamed)),
          new Source(List.of(alias), renamed));
    }
    return new Item(
        "(%s) %s".formatted(query.text(), alias), new Source(List.of(alias), query.columns()));
  }

  /** Returns {@code TABLE t}, which uses every column. */
  private Item wholeTable() {
    TestTable table = all.table();
    List<Field> fields = all.fields(table);
    boolean whole = fields.stream().allMatch(field -> field.denied().isEmpty());
    String alias = all.newName("r");
    if (whole || all.reachesForHidden()) {
      all.touchAll(fields);
      return new Item("(table {S}.%s) %s".formatted(table.name(), alias), source(alias, fields));
    }
    return new Item("lake.{S}." + table.name() + " " + alias, source(alias, fields));
  }

  private static Source source(String alias, List<Field> fields) {
    return new Source(List.of(alias), fields);
  }

  private Item values() {
    String alias = all.newName("r");
    List<Field> fields =
        renamed(List.of(Field.of("", ColumnType.INT), Field.of("", ColumnType.TEXT)));
    List<String> rows = new ArrayList<>();
    for (int row = 1 + all.chance().nextInt(3); row > 0; row--) {
      rows.add(
          "(%s, %s)"
              .formatted(ColumnType.INT.value(all.chance()), ColumnType.TEXT.value(all.chance())));
    }
    String values = "values " + String.join(", ", rows);
    return new Item(
        (all.once(2) ? "(%s) as %s(%s)" : "%s as %s(%s)").formatted(values, alias, names(fields)),
        source(alias, fields));
  }

  private Item pivot(int depth) {
    Query input =
        all.queries().nested(List.of(ColumnType.TEXT, ColumnType.BOOLEAN, ColumnType.INT), depth);
    List<Field> columns = input.columns();
    String alias = all.newName("r");
    String yes = all.newName("p");
    String no = all.newName("p");
    String text =
        "(select * from (%s) pivot (sum(%s) for %s in (true as %s, false as %s))) %s"
            .formatted(
                input.text(),
                quoted(columns.get(2).name()),
                quoted(columns.get(1).name()),
                yes,
                no,
                alias);
    return new Item(
        text,
        source(
            alias,
            List.of(
                columns.get(0),
                Field.of(yes, ColumnType.BIGINT),
                Field.of(no, ColumnType.BIGINT))));
  }

  private Item unpivot(int depth) {
    Query input =
        all.queries().nested(List.of(ColumnType.TEXT, ColumnType.INT, ColumnType.INT), depth);
    List<Field> columns = input.columns();
    String alias = all.newName("r");
    String name = all.newName("u");
    String value = all.newName("u");
    String text =
        "(select * from (%s) unpivot %s(%s for %s in (%s, %s))) %s"
            .formatted(
                input.text(),
                all.once(2) ? "include nulls " : "",
                value,
                name,
                quoted(columns.get(1).name()),
                quoted(columns.get(2).name()),
                alias);
    return new Item(
        text,
        source(
            alias,
            List.of(
                columns.get(0), Field.of(name, ColumnType.TEXT), Field.of(value, ColumnType.INT))));
  }

  private From joined(From left, int depth) {
    if (all.once(5)) {
      return lateral(left, depth);
    }
    Item right = item(depth, true);
    if (all.once(3)) {
      Optional<From> byName = joinedByName(left, right);
      if (byName.isPresent()) {
        return byName.get();
      }
    }
    Scope both = new Scope();
    left.scope().sources().forEach(both::add);
    both.add(right.source());
    if (all.once(6)) {
      return new From(left.text() + all.pick(List.of(", ", " cross join ")) + right.text(), both);
    }
    String kind =
        all.pick(
            List.of(
                "join",
                "inner join",
                "left join",
                "right outer join",
                "full join",
                "left semi join",
                "left anti join"));
    String condition = on(left.scope(), right.source(), both);
    boolean half = kind.contains("semi") || kind.contains("anti");
    return new From(
        "%s %s %s on %s".formatted(left.text(), kind, right.text(), condition),
        half ? left.scope() : both);
  }

  private String on(Scope left, Source right, Scope both) {
    Scope rightOnly = new Scope().add(right);
    List<ColumnType> types = new ArrayList<>(List.of(ColumnType.values()));
    for (int tries = 0; tries < 4; tries++) {
      ColumnType type = all.pick(types);
      List<Choice> here = all.expressions().readable(left.choices(type));
      List<Choice> there = all.expressions().readable(rightOnly.choices(type));
      if (!here.isEmpty() && !there.isEmpty()) {
        return "%s = %s"
            .formatted(
                all.expressions().name(all.pick(here), both, false),
                all.expressions().name(all.pick(there), both, false));
      }
    }
    return all.expressions().condition(both, 1, false);
  }

  /** Returns a NATURAL or USING join, where there is a name that both sides have once. */
  private Optional<From> joinedByName(From left, Item right) {
    List<Field> shared = new ArrayList<>();
    for (Field field : right.source().fields()) {
      if (left.scope().choices().stream()
          .anyMatch(choice -> Scope.isSame(choice.field().name(), field.name()))) {
        shared.add(field);
      }
    }
    boolean clear =
        shared.stream()
            .allMatch(
                field ->
                    left.scope().isUnique(field.name())
                        && left.scope().choices(field.type()).stream()
                            .anyMatch(c -> c.field().name().equals(field.name())));
    if (shared.isEmpty() || !clear) {
      return Optional.empty();
    }
    boolean hides =
        right.source().hidesColumns()
            || left.scope().sources().stream().anyMatch(Source::hidesColumns);
    if (all.once(2) && (!hides || all.reachesForHidden())) {
      left.scope().sources().forEach(source -> all.touchAll(source.fields()));
      all.touchAll(right.source().fields());
      return Optional.of(
          new From(
              left.text() + " natural join " + right.text(),
              merged(left.scope(), right.source(), shared)));
    }
    List<Field> usable =
        shared.stream()
            .filter(
                field ->
                    field.denied().isEmpty()
                        && left.scope().choices(field.type()).stream()
                            .filter(c -> c.field().name().equals(field.name()))
                            .allMatch(c -> c.field().denied().isEmpty()))
            .toList();
    if (usable.isEmpty()) {
      return Optional.empty();
    }
    Field key = all.pick(usable);
    return Optional.of(
        new From(
            "%s %s %s using (%s)"
                .formatted(
                    left.text(),
                    all.pick(List.of("join", "left join", "full outer join")),
                    right.text(),
                    quoted(key.name())),
            merged(left.scope(), right.source(), List.of(key))));
  }

  private static Scope merged(Scope left, Source right, List<Field> keys) {
    Set<String> names = new HashSet<>();
    keys.forEach(key -> names.add(key.name()));
    Scope scope = new Scope().add(new Source(List.of(), keys));
    left.sources().forEach(source -> scope.add(without(source, names)));
    return scope.add(without(right, names));
  }

  private static Source without(Source source, Set<String> names) {
    return new Source(
        source.qualifiers(),
        source.fields().stream().filter(field -> !names.contains(field.name())).toList());
  }

  private From lateral(From left, int depth) {
    String alias = all.newName("r");
    String column = all.newName("x");
    Scope both = new Scope();
    left.scope().sources().forEach(both::add);
    List<Choice> arrays =
        all.expressions().readable(left.scope().choices(ColumnType.ARRAY)).stream()
            .filter(choice -> !choice.source().qualifiers().isEmpty())
            .toList();
    if (!arrays.isEmpty() && all.once(2)) {
      both.add(source(alias, List.of(Field.of(column, ColumnType.INT))));
      return new From(
          "%s, lateral explode(%s) as %s(%s)"
              .formatted(
                  left.text(),
                  all.expressions().name(all.pick(arrays), left.scope(), true),
                  alias,
                  column),
          both);
    }
    String query = all.expressions().correlated("count(*) as " + column, left.scope(), depth - 1);
    both.add(source(alias, List.of(Field.of(column, ColumnType.BIGINT))));
    return new From("%s, lateral (%s) %s".formatted(left.text(), query, alias), both);
  }

  private From withLateralView(From from) {
    List<Choice> arrays = all.expressions().readable(from.scope().choices(ColumnType.ARRAY));
    if (arrays.isEmpty()) {
      return from;
    }
    String alias = all.newName("v");
    String column = all.newName("x");
    String array = all.expressions().name(all.pick(arrays), from.scope(), false);
    Scope scope = new Scope();
    from.scope().sources().forEach(scope::add);
    scope.add(source(alias, List.of(Field.of(column, ColumnType.INT))));
    return new From(
        "%s lateral view %sexplode(%s) %s as %s"
            .formatted(from.text(), all.once(2) ? "outer " : "", array, alias, column),
        scope);
  }

  /** Returns types for a subquery. */
  List<ColumnType> types() {
    List<ColumnType> types = new ArrayList<>(List.of(ColumnType.INT));
    for (int more = all.chance().nextInt(4); more > 0; more--) {
      types.add(ColumnType.any(all.chance()));
    }
    return types;
  }

  private List<Field> renamed(List<Field> fields) {
    return fields.stream()
        .map(field -> new Field(all.newName("x"), field.type(), Optional.empty()))
        .toList();
  }

  private static String names(List<Field> fields) {
    return String.join(", ", fields.stream().map(field -> quoted(field.name())).toList());
  }
}
