package io.sluice.gateway.endtoend.equivalence;

import io.sluice.gateway.endtoend.equivalence.Scope.Choice;
import java.util.ArrayList;
import java.util.List;

/** Expressions and conditions over the columns of a scope. */
final class Expressions {

  private final Generator all;
  private int named;

  Expressions(Generator all) {
    this.all = all;
  }

  /** Returns an expression of a type. */
  String of(ColumnType type, Scope scope, int depth) {
    if (depth <= 0 || all.once(2)) {
      return all.once(6) ? type.value(all.chance()) : column(type, scope);
    }
    String template = all.pick(templates(type));
    return fill(template, scope, depth - 1);
  }

  private static List<String> templates(ColumnType type) {
    return switch (type) {
      case INT ->
          List.of(
              "(<INT> + <INT>)",
              "length(<TEXT>)",
              "coalesce(<INT>, <INT>)",
              "size(<ARRAY>)",
              "year(<DATE>)",
              "(<STRUCT>).x",
              "case when <BOOLEAN> then <INT> else <INT> end",
              "greatest(<INT>, <INT>)",
              "try_element_at(<ARRAY>, 1)",
              "aggregate(<ARRAY>, 0, (z, y) -> z + y)",
              "try_element_at(<STRUCTS>, 1).x");
      case BIGINT ->
          List.of("cast(<INT> as bigint)", "(<BIGINT> + <INT>)", "nullif(<BIGINT>, <BIGINT>)");
      case TEXT ->
          List.of(
              "upper(<TEXT>)",
              "concat(<TEXT>, '-', <TEXT>)",
              "substr(<TEXT>, 1, 2)",
              "(<STRUCT>).y",
              "cast(<INT> as string)",
              "<TEXT> || <TEXT>",
              "case <INT> when 1 then <TEXT> else <TEXT> end",
              "to_json(<STRUCT>)",
              "date_format(<DATE>, 'yyyy-MM')",
              "typeof(<TEXT>)",
              "if(<BOOLEAN>, <TEXT>, <TEXT>)");
      case DECIMAL ->
          List.of(
              "cast(<INT> as decimal(8,2))", "coalesce(<DECIMAL>, <DECIMAL>)", "abs(<DECIMAL>)");
      case DOUBLE -> List.of("cast(<INT> as double)", "nvl(<DOUBLE>, <DOUBLE>)", "(<DOUBLE> * 2)");
      case BOOLEAN ->
          List.of("(<INT> > <INT>)", "(<TEXT> = <TEXT>)", "not <BOOLEAN>", "isnull(<TEXT>)");
      case DATE -> List.of("date_add(<DATE>, 3)", "trunc(<DATE>, 'MM')", "to_date(<TIMESTAMP>)");
      case TIMESTAMP -> List.of("cast(<DATE> as timestamp)", "coalesce(<TIMESTAMP>, <TIMESTAMP>)");
      case STRUCT -> List.of("named_struct('x', <INT>, 'y', <TEXT>)", "ifnull(<STRUCT>, <STRUCT>)");
      case ARRAY ->
          List.of(
              "array(<INT>, <INT>)",
              "transform(<ARRAY>, z -> z + <INT>)",
              "filter(<ARRAY>, z -> z > <INT>)",
              "sort_array(<ARRAY>)",
              "<STRUCTS>.x");
      case STRUCTS -> List.of("array(<STRUCT>)", "coalesce(<STRUCTS>, <STRUCTS>)");
    };
  }

  /** Returns a template with an expression in the place of each type's name. */
  String fill(String template, Scope scope, int depth) {
    StringBuilder text = new StringBuilder();
    int from = 0;
    for (int open = template.indexOf('<'); open >= 0; open = template.indexOf('<', from)) {
      int close = template.indexOf('>', open);
      if (close < 0 || !template.substring(open + 1, close).matches("[A-Z]+")) {
        text.append(template, from, open + 1);
        from = open + 1;
        continue;
      }
      text.append(template, from, open)
          .append(of(ColumnType.valueOf(template.substring(open + 1, close)), scope, depth));
      from = close + 1;
    }
    return text.append(template, from, template.length()).toString();
  }

  /** Returns a column of the type, or a literal where there is none. */
  String column(ColumnType type, Scope scope) {
    List<Choice> choices = readable(scope.choices(type));
    return choices.isEmpty() ? type.value(all.chance()) : name(all.pick(choices), scope, false);
  }

  /** Returns the choices that may be used; what may not be read is among them now and then. */
  List<Choice> readable(List<Choice> choices) {
    boolean hidden = all.reachesForHidden() && all.once(2);
    return choices.stream().filter(choice -> hidden || choice.field().denied().isEmpty()).toList();
  }

  /** Returns how many columns have been named. */
  int named() {
    return named;
  }

  /** Returns a column as a text names it, and notes its use. */
  String name(Choice choice, Scope scope, boolean fromInside) {
    named++;
    all.touch(choice.field().denied());
    String column = choice.field().name();
    List<String> qualifiers = choice.source().qualifiers();
    boolean alone = !fromInside && scope.isUnique(column) && all.once(2);
    if (!alone && !qualifiers.isEmpty()) {
      return Scope.qualified(all.pick(qualifiers), column);
    }
    // A merged column has no other name, even where a later relation has one of that name.
    all.touchAll(scope.named(column));
    return TestTable.quoted(column);
  }

  /**
   * Returns a condition.
   *
   * @param subqueries whether it may hold some
   */
  String condition(Scope scope, int depth, boolean subqueries) {
    if (depth > 0 && all.once(3)) {
      String left = condition(scope, depth - 1, subqueries);
      String right = condition(scope, depth - 1, subqueries);
      return all.pick(List.of("(%s and %s)", "(%s or %s)", "(not (%s) or %s)"))
          .formatted(left, right);
    }
    if (subqueries && depth > 0 && all.mayReadMoreTables() && all.once(3)) {
      return withSubquery(scope, depth - 1);
    }
    String form =
        all.pick(
            List.of(
                "<INT> > <INT>",
                "<INT> between 0 and <INT>",
                "<TEXT> like '%a%'",
                "<TEXT> is not null",
                "<BOOLEAN>",
                "<DATE> <= <DATE>",
                "<DECIMAL> <> <DECIMAL>",
                "<INT> in (1, 2, <INT>)",
                "<STRUCT> = <STRUCT>",
                "array_contains(<ARRAY>, <INT>)",
                "exists(<ARRAY>, z -> z > <INT>)",
                "<TEXT> <=> <TEXT>",
                "<DOUBLE> >= <DOUBLE>",
                "<TIMESTAMP> is null",
                "(<INT>, <TEXT>) = (<INT>, <TEXT>)",
                "coalesce(<BOOLEAN>, true)"));
    return fill(form, scope, 1);
  }

  private String withSubquery(Scope scope, int depth) {
    ColumnType type = all.pick(List.of(ColumnType.INT, ColumnType.TEXT, ColumnType.DATE));
    return switch (all.chance().nextInt(4)) {
      case 0 ->
          "%s %sin (%s)"
              .formatted(
                  of(type, scope, 1),
                  all.once(4) ? "not " : "",
                  all.queries().nested(List.of(type), depth).text());
      case 1 ->
          "%s >= (%s)".formatted(of(type, scope, 1), all.queries().oneValue(type, depth).text());
      case 2 -> (all.once(3) ? "not " : "") + "exists (" + correlated("1", scope, depth) + ")";
      default -> "0 < (" + correlated(all.pick(List.of("count(*)", "max(1)")), scope, depth) + ")";
    };
  }

  /** Returns a query that a row of the scope chooses the rows of. */
  String correlated(String item, Scope scope, int depth) {
    return all.nested(
        () -> {
          Relations.From inner = all.relations().single(depth);
          List<Choice> outer = outerChoices(scope);
          for (ColumnType type : List.of(ColumnType.INT, ColumnType.TEXT)) {
            List<Choice> here = readable(inner.scope().choices(type));
            List<Choice> there = outer.stream().filter(c -> c.field().type() == type).toList();
            if (!here.isEmpty() && !there.isEmpty()) {
              return "select %s from %s where %s = %s"
                  .formatted(
                      item,
                      inner.text(),
                      name(all.pick(here), inner.scope(), true),
                      name(all.pick(there), scope, true));
            }
          }
          return "select %s from %s".formatted(item, inner.text());
        });
  }

  /** Returns the columns that can be told from an inner query's whatever those are called. */
  private List<Choice> outerChoices(Scope scope) {
    List<Choice> choices = new ArrayList<>(readable(scope.choices()));
    choices.removeIf(choice -> choice.source().qualifiers().isEmpty());
    return choices;
  }
}
