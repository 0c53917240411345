package io.sluice.planner.parse;

import java.util.Random;

/** Queries of many shapes, no two of them alike, the same ones for a seed. */
final class RandomSql {

  private static final int DEEPEST = 4;

  private final Random random;
  private int names;

  RandomSql(long seed) {
    this.random = new Random(seed);
  }

  String next() {
    return query(0);
  }

  private String query(int depth) {
    StringBuilder sql = new StringBuilder();
    if (chance(10)) {
      sql.append("with ").append(name()).append(" as (").append(query(depth + 2)).append(") ");
    }
    sql.append(select(depth));
    while (chance(15)) {
      sql.append(pick(" union all ", " union ", " except ", " intersect ")).append(select(depth));
    }
    if (chance(20)) {
      sql.append(" order by ")
          .append(expression(depth + 3))
          .append(pick("", " desc", " nulls last"));
    }
    if (chance(10)) {
      sql.append(" limit ").append(random.nextInt(100));
    }
    while (depth == 0 && chance(10)) {
      sql.append(" |> where ").append(expression(depth + 3));
    }
    return sql.toString();
  }

  private String select(int depth) {
    if (chance(5)) {
      return "values (" + expression(depth + 3) + ", " + expression(depth + 3) + ")";
    }
    StringBuilder sql = new StringBuilder("select ");
    sql.append(pick("", "", "", "distinct ", "/*+ broadcast(a) */ ", "/* /* a */ b */ "));
    sql.append(items(depth)).append(" from ").append(relation(depth));
    while (chance(25)) {
      sql.append(pick(" join ", " left join ", ", ", " cross join ", " left semi join "))
          .append(relation(depth));
      if (!sql.toString().endsWith(")") && chance(50)) {
        sql.append(" on ").append(expression(depth + 3));
      }
    }
    if (chance(8)) {
      sql.append(" lateral view explode(").append(name()).append(") ").append(name());
    }
    if (chance(50)) {
      sql.append(" where ").append(expression(depth + 1));
    }
    if (chance(20)) {
      sql.append(" group by ").append(expression(depth + 3)).append(pick("", " with rollup"));
      if (chance(40)) {
        sql.append(" having ").append(expression(depth + 3));
      }
    }
    return sql.toString();
  }

  private String items(int depth) {
    StringBuilder items = new StringBuilder();
    do {
      items.append(items.isEmpty() ? "" : ", ");
      items.append(
          chance(10) ? "*" : expression(depth + 2) + pick("", " as " + name(), " " + name()));
    } while (chance(50));
    return items.toString();
  }

  private String relation(int depth) {
    if (depth < DEEPEST && chance(20)) {
      return "(" + query(depth + 2) + ") " + pick("", "as ") + name();
    }
    return name()
        + pick("", "", "." + name())
        + pick("", "", "", " tablesample (10 percent)", " version as of 1")
        + pick("", "", " " + name(), " as " + name() + "(" + name() + ")");
  }

  private String expression(int depth) {
    if (depth >= DEEPEST) {
      return leaf();
    }
    int next = depth + 1;
    return switch (random.nextInt(20)) {
      case 0 ->
          expression(next)
              + pick(" + ", " - ", " * ", " / ", " || ", " % ", " div ")
              + expression(next);
      case 1 ->
          expression(next) + pick(" = ", " <> ", " < ", " >= ", " <=> ", " == ") + expression(next);
      case 2 -> "(" + expression(next) + pick(" and ", " or ") + expression(next) + ")";
      case 3 -> "not " + expression(next);
      case 4 -> "(" + expression(next) + ")";
      case 5 -> name() + "(" + expression(next) + ", " + expression(next) + ")";
      case 6 -> "count(distinct " + expression(next) + ")";
      case 7 ->
          "case when "
              + expression(next)
              + " then "
              + expression(next)
              + " else "
              + leaf()
              + " end";
      case 8 ->
          "cast("
              + expression(next)
              + " as "
              + pick("int", "decimal(10, 2)", "array<map<string, int>>")
              + ")";
      case 9 -> leaf() + pick(" in (", " not in (") + leaf() + ", " + leaf() + ")";
      case 10 -> leaf() + " in (" + query(next + 2) + ")";
      case 11 -> "exists (" + query(next + 2) + ")";
      case 12 -> leaf() + pick(" between ", " not between ") + leaf() + " and " + leaf();
      case 13 -> leaf() + pick(" like ", " rlike ", " ilike ", " not like ") + "'%" + name() + "'";
      case 14 -> leaf() + pick(" is null", " is not null", " is distinct from 1");
      case 15 -> "sum(" + leaf() + ") over (partition by " + leaf() + " order by " + leaf() + ")";
      case 16 -> name() + "[" + leaf() + "]";
      case 17 -> "transform(" + name() + ", x -> " + expression(next) + ")";
      case 18 -> pick("extract(year from ", "trim(both from ", "first(") + leaf() + ")";
      default -> leaf();
    };
  }

  private String leaf() {
    return switch (random.nextInt(9)) {
      case 0 -> Integer.toString(random.nextInt());
      case 1 -> "'" + name() + "'";
      case 2 -> name() + "." + name();
      case 3 -> "interval '" + random.nextInt(100) + "' day";
      case 4 -> pick("date '2026-01-01'", "1.5e3", "true", "null", "current_date", "10L", "x'1f'");
      case 5 -> "`" + name() + " ä`";
      case 6 -> "-" + name();
      default -> name();
    };
  }

  private String name() {
    return "n" + names++;
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
