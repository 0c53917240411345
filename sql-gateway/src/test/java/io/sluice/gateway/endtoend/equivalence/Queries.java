package io.sluice.gateway.endtoend.equivalence;

import static io.sluice.gateway.endtoend.equivalence.TestTable.quoted;

import io.sluice.gateway.endtoend.equivalence.Relations.From;
import io.sluice.gateway.endtoend.equivalence.Scope.Choice;
import io.sluice.gateway.endtoend.equivalence.Scope.Field;
import io.sluice.gateway.endtoend.equivalence.Scope.Source;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Whole queries. */
final class Queries {

  private static final int DEPTH = 2;

  private final Generator all;

  Queries(Generator all) {
    this.all = all;
  }

  /** Returns a query as a user sends it. */
  Query whole() {
    return all.nested(
        () -> {
          if (all.once(6)) {
            return star();
          }
          List<ColumnType> types = all.relations().types();
          return all.once(3) ? withCommonTables(types, DEPTH) : body(types, DEPTH);
        });
  }

  /** Returns a query with columns of these types, to stand inside of another. */
  Query nested(List<ColumnType> types, int depth) {
    return all.nested(
        () -> depth > 0 && all.once(8) ? withCommonTables(types, depth) : body(types, depth));
  }

  /** Returns a query of one row and column. */
  Query oneValue(ColumnType type, int depth) {
    return all.nested(
        () -> {
          From from = all.relations().single(depth);
          String column = all.newName("x");
          return new Query(
              "select %s(%s) as %s from %s"
                  .formatted(
                      all.pick(List.of("max", "min")),
                      all.expressions().of(type, from.scope(), 1),
                      column,
                      from.text()),
              List.of(Field.of(column, type)));
        });
  }

  private Query withCommonTables(List<ColumnType> types, int depth) {
    List<String> definitions = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int more = 1 + all.chance().nextInt(2); more > 0; more--) {
      Query query = nested(all.relations().types(), depth - 1);
      // A table's own name hides the table from here on, but not inside the definition.
      String name = all.once(3) ? all.pick(all.world().tables()).name() : all.newName("cte");
      String free = names.add(name) ? name : all.newName("cte");
      List<Field> columns =
          query.columns().stream().map(c -> Field.of(all.newName("y"), c.type())).toList();
      definitions.add("%s(%s) as (%s)".formatted(free, names(columns), query.text()));
      all.define(free, columns);
    }
    Query body = body(types, depth - 1);
    return new Query("with " + String.join(", ", definitions) + " " + body.text(), body.columns());
  }

  private Query body(List<ColumnType> types, int depth) {
    Query query =
        switch (depth <= 0 ? 9 : all.chance().nextInt(10)) {
          case 0, 1 -> setOperation(types, depth - 1);
          case 2 -> values(types);
          case 3 -> fromFirst(types, depth);
          case 4 -> pipe(types);
          case 5, 6 -> aggregate(types, depth);
          case 7 -> window(types, depth);
          default -> select(types, depth);
        };
    return all.once(4) && !query.text().contains("|>") ? limited(query) : query;
  }

  private Query select(List<ColumnType> types, int depth) {
    From from = all.relations().any(depth - 1);
    List<Field> columns = columns(types);
    return new Query(
        "select %s%s from %s%s"
            .formatted(
                all.once(5) ? "distinct " : all.once(8) ? "/*+ broadcast(t1) */ " : "",
                items(columns, from.scope(), depth),
                from.text(),
                where(from.scope(), depth)),
        columns);
  }

  private Query fromFirst(List<ColumnType> types, int depth) {
    From from = all.relations().any(depth - 1);
    List<Field> columns = columns(types);
    return new Query(
        "from %s select %s%s"
            .formatted(from.text(), items(columns, from.scope(), 1), where(from.scope(), depth)),
        columns);
  }

  private String items(List<Field> columns, Scope scope, int depth) {
    List<String> items = new ArrayList<>();
    for (Field column : columns) {
      String expression =
          depth > 1 && all.once(8) && all.mayReadMoreTables() && column.type() == ColumnType.BIGINT
              ? "(" + all.expressions().correlated("count(*)", scope, 1) + ")"
              : depth > 1 && all.once(10) && all.mayReadMoreTables()
                  ? "(" + oneValue(column.type(), 1).text() + ")"
                  : all.expressions().of(column.type(), scope, 2);
      items.add(expression + " as " + column.name());
    }
    return String.join(", ", items);
  }

  private String where(Scope scope, int depth) {
    return all.once(2) ? "" : " where " + all.expressions().condition(scope, depth, true);
  }

  private Query aggregate(List<ColumnType> types, int depth) {
    From from = all.relations().any(depth - 1);
    Scope scope = from.scope();
    List<Field> columns = columns(types);
    List<String> keys = new ArrayList<>();
    List<String> items = new ArrayList<>();
    for (Field column : columns) {
      List<Choice> choices = all.expressions().readable(scope.choices(column.type()));
      if (keys.size() < 2 && !choices.isEmpty() && all.once(2)) {
        String key = all.expressions().name(all.pick(choices), scope, false);
        if (!keys.contains(key)) {
          keys.add(key);
          items.add(key + " as " + column.name());
          continue;
        }
      }
      items.add(aggregateOf(column.type(), scope) + " as " + column.name());
    }
    String having =
        all.once(3)
            ? " having " + all.pick(List.of("count(*) > 0", "count(1) >= 1", "max(1) is not null"))
            : "";
    return new Query(
        "select %s from %s%s%s%s"
            .formatted(
                String.join(", ", items), from.text(), where(scope, depth), groupBy(keys), having),
        columns);
  }

  /** What is made and left out would count as used, so only what stands in the text is made. */
  private String aggregateOf(ColumnType type, Scope scope) {
    String form =
        switch (type) {
          case BIGINT ->
              all.pick(
                  List.of(
                      "count(*)", "count(distinct <TEXT>)", "sum(<INT>)", "count_if(<BOOLEAN>)"));
          case BOOLEAN -> all.pick(List.of("bool_or(<BOOLEAN>)", "every(<BOOLEAN>)"));
          case DOUBLE -> all.pick(List.of("sum(<DOUBLE>)", "max(<DOUBLE>)"));
          case ARRAY -> "sort_array(collect_set(<INT>))";
          case INT ->
              all.pick(
                  List.of(
                      "max(<INT>)",
                      "min(<INT>) filter (where true)",
                      "cast(median(<INT>) as int)"));
          case TEXT -> all.once(3) ? "" : "min(<TEXT>)";
          default -> all.pick(List.of("max(<%s>)", "min(<%s>)")).formatted(type);
        };
    if (form.isEmpty()) {
      String value = all.expressions().of(type, scope, 1);
      return "listagg(%s, ',') within group (order by %s)".formatted(value, value);
    }
    int named = all.expressions().named();
    String aggregate = all.expressions().fill(form, scope, 1);
    // Iceberg takes count(distinct 'x') for count('x') where it answers from its statistics.
    boolean countsConstant = form.contains("distinct") && all.expressions().named() == named;
    return countsConstant ? "count(*)" : aggregate;
  }

  private String groupBy(List<String> keys) {
    if (keys.isEmpty()) {
      return "";
    }
    String list = String.join(", ", keys);
    return " group by "
        + switch (all.chance().nextInt(6)) {
          case 0 -> "rollup(" + list + ")";
          case 1 -> "cube(" + list + ")";
          case 2 -> list + " grouping sets ((" + list + "), (" + keys.get(0) + "), ())";
          case 3 -> list + " with rollup";
          case 4 -> "all";
          default -> list;
        };
  }

  private Query window(List<ColumnType> types, int depth) {
    From from = all.relations().any(depth - 1);
    Scope scope = from.scope();
    List<Field> columns = columns(types);
    List<String> items = new ArrayList<>();
    boolean named = all.once(3);
    for (Field column : columns) {
      String form =
          switch (column.type()) {
            case INT -> all.pick(List.of("rank() over", "dense_rank() over", "<INT>"));
            case BIGINT -> "count(*) over";
            case DOUBLE -> "sum(<DOUBLE>) over";
            default -> "max(<%s>) over".formatted(column.type());
          };
      String value = all.expressions().fill(form, scope, 1);
      String over =
          !form.endsWith("over")
              ? ""
              : named
                  ? " w"
                  : " (partition by %s order by %s)"
                      .formatted(
                          all.expressions().column(ColumnType.TEXT, scope),
                          all.expressions().column(ColumnType.INT, scope));
      items.add(value + over + " as " + column.name());
    }
    String window =
        named
            ? " window w as (partition by %s order by %s desc nulls last)"
                .formatted(
                    all.expressions().column(ColumnType.TEXT, scope),
                    all.expressions().column(ColumnType.DATE, scope))
            : "";
    return new Query(
        "select %s from %s%s%s"
            .formatted(String.join(", ", items), from.text(), where(scope, depth), window),
        columns);
  }

  private Query setOperation(List<ColumnType> types, int depth) {
    Query left = body(types, 0);
    Query right = nested(types, depth);
    List<String> operators =
        new ArrayList<>(
            List.of("union all", "union", "union distinct", "intersect", "except", "minus"));
    if (!all.writes()) {
      // Spark 4.1.2 fails in a MERGE or DELETE by one of these with a branch that has a constant
      // and, as its optimiser finds, no rows: it casts the constant to an attribute.
      operators.addAll(List.of("intersect all", "except all"));
    }
    String operator = all.pick(operators);
    return new Query("(%s) %s (%s)".formatted(left.text(), operator, right.text()), left.columns());
  }

  private Query values(List<ColumnType> types) {
    List<Field> columns = columns(types);
    String rows =
        IntStream.rangeClosed(0, all.chance().nextInt(3))
            .mapToObj(
                row ->
                    types.stream()
                        .map(type -> type.value(all.chance()))
                        .collect(Collectors.joining(", ", "(", ")")))
            .collect(Collectors.joining(", "));
    return new Query("select * from values %s as q(%s)".formatted(rows, names(columns)), columns);
  }

  private Query pipe(List<ColumnType> types) {
    From from = all.relations().base();
    StringBuilder text = new StringBuilder("from ").append(from.text());
    Scope scope = from.scope();
    if (all.once(2)) {
      text.append(" |> where ").append(all.expressions().condition(scope, 1, true));
    }
    if (all.once(2)) {
      String column = all.newName("y");
      text.append(" |> extend ")
          .append(all.expressions().of(ColumnType.INT, scope, 1))
          .append(" as ")
          .append(column);
      scope.add(new Source(List.of(), List.of(Field.of(column, ColumnType.INT))));
    }
    List<Field> columns = columns(types);
    if (all.once(2)) {
      List<String> aggregates = new ArrayList<>();
      for (Field column : columns.subList(1, columns.size())) {
        aggregates.add(aggregateOf(column.type(), scope) + " as " + column.name());
      }
      text.append(" |> aggregate ")
          .append(String.join(", ", aggregates))
          .append(" group by ")
          .append(all.expressions().column(columns.get(0).type(), scope))
          .append(" as ")
          .append(columns.get(0).name());
    } else {
      text.append(" |> select ").append(items(columns, scope, 1));
    }
    if (all.once(3)) {
      text.append(" |> order by ")
          .append(names(columns))
          .append(" |> limit ")
          .append(1 + all.chance().nextInt(4));
    }
    if (all.once(3)) {
      Query other = nested(types, 0);
      text.append(" |> union all (").append(other.text()).append(")");
    }
    return new Query(text.toString(), columns);
  }

  /** Returns the first rows of a query; those that are equal in every column are one as another. */
  private Query limited(Query query) {
    List<String> order = new ArrayList<>();
    for (int column = 1; column <= query.columns().size(); column++) {
      order.add(column + all.pick(List.of("", " desc", " asc nulls last", " desc nulls first")));
    }
    String by = all.once(5) ? "all" : String.join(", ", order);
    String limit = all.pick(List.of(" limit 3", " limit 2 offset 1", " limit 5", " limit all", ""));
    return new Query(query.text() + " order by " + by + limit, query.columns());
  }

  private Query star() {
    From from = all.once(4) ? all.relations().unaliased() : all.relations().any(DEPTH - 1);
    Scope scope = from.scope();
    Source first = scope.sources().get(0);
    boolean hides = scope.sources().stream().anyMatch(Source::hidesColumns);
    if (hides && !all.reachesForHidden()) {
      return select(all.relations().types(), DEPTH);
    }
    List<Field> fields = new ArrayList<>();
    scope.sources().forEach(source -> fields.addAll(source.fields()));
    Optional<String> qualifier = first.qualifiers().stream().findFirst();
    int form = all.chance().nextInt(qualifier.isPresent() ? 5 : 1);
    if (form == 0) {
      all.touchAll(fields);
      return new Query("select * from " + from.text() + where(scope, 1), fields);
    }
    all.touchAll(first.fields());
    String every = qualifier.orElseThrow() + ".*";
    String item =
        switch (form) {
          case 1 -> every;
          case 2 -> "1 as one, " + every;
          case 3 -> "to_json(struct(" + every + ")) as z";
          default -> every + " except (" + quoted(first.fields().get(0).name()) + ")";
        };
    if (form == 4 && first.fields().size() == 1) {
      item = every;
    }
    return new Query("select " + item + " from " + from.text() + where(scope, 1), fields);
  }

  private List<Field> columns(List<ColumnType> types) {
    return types.stream().map(type -> Field.of(all.newName("x"), type)).toList();
  }

  private static String names(List<Field> columns) {
    return String.join(", ", columns.stream().map(column -> quoted(column.name())).toList());
  }
}
