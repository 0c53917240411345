package io.sluice.planner.corpus;

import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts a statement inside of another, or another around it. */
final class Nesting {

  private static final List<String> FRAMES =
      List.of(
          "(%s)",
          "((%s))",
          "select * from (%s)",
          "select * from (%s) as %n",
          "select * from %n, lateral (%s)",
          "select (%s)",
          "select 1 from %n where exists (%s)",
          "select 1 from %n where a in (%s)",
          "select case when exists (%s) then 1 end from %n x join %m y on x.a = (select 1 from %n)",
          "%s union all select * from %n",
          "select * from %n except (%s)",
          "with %n as (%s) select * from %n",
          "with %n as (%s) select * from %m.%n",
          "with %n as (select 1), %m as (select * from %n) %s",
          "with %n as (select 1) %s",
          "with %n as (with %m as (select * from %n) select * from %m) %s",
          "with recursive %n as (select 1 union all select * from %n) %s",
          "with recursive %n(a) max recursion level 5 as (%s) select * from %n",
          "with %n as (select 1) select * from %n where a in (with %n as (%s) select * from %n)",
          "with %n as (select 1) select * from (with %m as (%s) select * from %m, %n), %m",
          "explain %s",
          "explain extended %s",
          "from (%s) select *",
          "from %n |> where a in (%s)",
          "%s |> limit 1",
          "%s |> union all (table %n)",
          "table %n |> join (%s) as x on true",
          "select * from %n pivot (sum(a) for b in ('x')) where c = (%s)",
          "select * from explode(array((%s)))",
          "select transform(array(1), x -> x + (%s))",
          "values ((%s))",
          "select * from %n tablesample (10 percent) as x cross join (%s)",
          "select * from %n version as of 1 join (%s)",
          "from %n select a where b in (%s) select c",
          "create view %n as %s",
          "insert into %n %s",
          "begin %s; end",
          "begin declare %n int default (%s); select * from %m where a = %n; end",
          "begin declare %n int; set %n = (%s); end",
          "begin if exists (%s) then select * from %n; else %s; end if; end",
          "begin l: while exists (%s) do select * from %n; leave l; end while l; end",
          "begin repeat select * from %n; until exists (%s) end repeat; end",
          "begin case when exists (%s) then select * from %n; end case; end",
          "begin for %n as %s do select * from %m; end for; end",
          "begin declare exit handler for sqlexception begin %s; end; select * from %n; end");

  private static final Pattern NAME = Pattern.compile("(?<![\\w.'\"`])[A-Za-z_]\\w*(?![\\w('\"`])");

  private static final List<String> NAMES =
      List.of(
          "t", "t1", "T1", "cte", "emp", "`t`", "`a``b`", "view", "date", "values", "x", "`x.y`");

  private Nesting() {}

  static String change(String text, String other, SplittableRandom chance) {
    String inner = text.stripTrailing();
    while (inner.endsWith(";")) {
      inner = inner.substring(0, inner.length() - 1).stripTrailing();
    }
    String name = name(text, chance);
    String second = name(chance.nextBoolean() ? text : other, chance);
    return Mutator.pick(FRAMES, chance)
        .replace("%n", name)
        .replace("%m", second)
        .replace("%s", chance.nextInt(8) == 0 ? inner + " -- end\n" : inner);
  }

  /** Returns a word of the statement, so that names often meet; now and then another. */
  private static String name(String text, SplittableRandom chance) {
    List<String> words =
        NAME.matcher(text)
            .results()
            .map(result -> Matcher.quoteReplacement(result.group()))
            .toList();
    return words.isEmpty() || chance.nextInt(4) == 0
        ? Mutator.pick(NAMES, chance)
        : Mutator.pick(words, chance);
  }
}
