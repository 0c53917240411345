select filter(array(1), x -> x > 0), left('a', 1), right('a', 1), if(true, 1, 2), nvl(a, b) from t
select date '2020-01-01', timestamp '2020-01-01', interval 1 day, interval '1-2' year to month, X'1F', 1.0D, 1L, 20BD, 1e3, r'\d' from t
select timestampadd(day, 1, now()), datediff(day, a, b), dateadd(a, 1), date_add(a, 2), timestampdiff(hour, a, b) from t
select a:b.c[0], a::int, cast(a as array<struct<x:int, `y z`: map<string, decimal(3,2)>>>), try_cast(a as int) from t
select count(distinct a), sum(a) filter (where b > 1), first(a ignore nulls), any_value(a), listagg(a, ',') within group (order by b) from t
select row_number() over (partition by a order by b desc nulls last), lag(a) over w, sum(a) over (order by b range between interval 1 day preceding and current row) from t window w as (partition by a)
select * from t group by all
select a, b, count(*) from t group by cube(a, b), rollup(a), grouping sets ((a), ())
select a, count(*) from t group by a with rollup having count(*) > 1
select a from t limit 5 offset 3
select all a from t union distinct select a from u intersect select a from v minus select a from w
select * except (a, b.c) from t
select t.* except (a) from t
select (a, b), struct(a as x, b), named_struct('a', 1).a, array(1, 2)[0], map(1, 2)[1] from t
select * from t where (a, b) in (select c, d from u) and a not in (1, 2) and a like any ('x', 'y') and a ilike 'z' escape '/' and a rlike 'q' and a is distinct from b and a <=> b and a is not true
select * from t a left semi join u b on a.x = b.x anti join v using (x) natural join w cross join x
select * from t full outer join u on true, v right join w on true
select * from t lateral view outer explode(a) e as x lateral view posexplode(b) f
select * from t, lateral explode(a) as e(x)
select * from t, lateral explode(t.a) x
select * from explode(array(1)), range(1, 10, 2), stack(2, 1, 2), json_tuple('{}', 'a'), collations(), sql_keywords()
select * from t pivot (sum(a) as s, avg(b) for (c, d) in ((1, 2) as x, (3, 4) y))
select * from t unpivot include nulls ((a, b) for c in ((d, e) as x, (f, g)))
select * from t unpivot (a for b in (c as x, d)) as u
values (1, 'a'), (2, 'b')
values 1, 2 order by 1
select * from values (1), (2) as t(a) where a > 1
from t select a where b > 1 select c group by d
from t |> select a, b |> extend a + 1 as c |> set b = 2 |> drop a |> as x |> where x.b > 1 |> aggregate count(*) as n group by b |> order by n |> limit 5
from t |> join u on t.a = u.a |> pivot (sum(a) for b in (1)) |> tablesample (5 rows) |> union all table v
table t |> select *
select transform(a, x -> x + 1), aggregate(a, 0, (acc, x) -> acc + x), exists(a, x -> x is null), zip_with(a, b, (x, y) -> x) from t
select case a when 1 then 'x' else 'y' end, case when a then b end from t
select extract(year from a), position('a' in b), trim(leading 'x' from b), substring(b from 1 for 2), substr(b, 1), overlay(b placing 'x' from 1 for 2) from t
select 'a' 'b', "c", a collate utf8_lcase from t
select -a, +a, ~a, not a, !a, a div 2, a % 2, a || b, a & 1 | 2 ^ 3, a << 1 >> 2 >>> 3, a == b, a != b, a <> b from t
select /*+ broadcast(t), repartition(3, a), shuffle_hash(u) */ * from t join u
select /*+ repartition(3) */ /*+ coalesce(2) */ * from t
select a from t cluster by a
select a from t distribute by a sort by b
select current_date, current_timestamp, current_date(), current_timestamp(), current_time, now(), localtimestamp() from t
select make_date(2020, 1, 1), mask('a', upperChar => 'Q') from t
select a.b.c.d, a.b.* from t a
with recursive r(n) as (select 1 union all select n + 1 from r where n < 5) select * from r
with a(x, y) as (select 1, 2), b as (select * from a) select * from b join a
select * from (select * from t) as x(a, b) join (t u join v on true) on true
select * from ((select 1) union all (select 2)) order by 1
(select a from t) union (select a from u) order by a limit 1
select window(a, '1 hour'), count(*) from t group by window(a, '1 hour')
select approx_percentile(a, array(0.5, 0.9)), percentile_cont(0.5) within group (order by a), mode(a), histogram_numeric(a, 5) from t
select ? + 1, ?::int from t where a in (?, ?) limit ?
select parse_json('{}'), variant_get(a, '$.x', 'int'), to_json(struct(1)), from_json(a, 'x int'), from_csv(a, 'x int') from t
select uuid(), rand(), version(), typeof(1), aes_encrypt('a', '0000111122223333'), raise_error('x') from t
select 1 as select, 2 as `from`, t.select from t
select a from t where b = 'it''s' and c = 'a\'b' and d = "x\"y"
