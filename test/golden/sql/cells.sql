select distinct split_part(key, '/', 1) as hour from owed
where kind = 'roll_up' and key >= $1 and key < $2
  and split_part(key, '/', 2) = any($3::text[]);

select c.part, c.provisional, c.series, c.step, f.reason, sum(c.count)::float8 as count, sum(c.retried)::float8 as retried
    from (
select 'now' as part, false as provisional, series, step, facet,
  sum(count) as count, sum(retried) as retried
from "minute_step"
where series = any($1::int[]) and "minute" >= $2 and "minute" < $3
group by series, step, facet union all 
select 'now' as part, false as provisional, series, step, facet,
  sum(count) as count, sum(retried) as retried
from "hour_step"
where series = any($4::int[]) and "hour" >= $5 and "hour" < $6
group by series, step, facet union all 
select 'now' as part, false as provisional, series, step, facet,
  sum(count) as count, sum(retried) as retried
from "minute_step"
where series = any($7::int[]) and "minute" >= $8 and "minute" < $9
group by series, step, facet union all 
select 'now' as part, true as provisional, series, step, facet,
  sum(count) as count, sum(retried) as retried
from "minute_step"
where series = any($10::int[]) and "minute" >= $11 and "minute" < $12
group by series, step, facet union all 
select 'before' as part, false as provisional, series, step, facet,
  sum(count) as count, sum(retried) as retried
from "minute_step"
where series = any($13::int[]) and "minute" >= $14 and "minute" < $15
group by series, step, facet union all 
select 'before' as part, false as provisional, series, step, facet,
  sum(count) as count, sum(retried) as retried
from "hour_step"
where series = any($16::int[]) and "hour" >= $17 and "hour" < $18
group by series, step, facet union all 
select 'before' as part, false as provisional, series, step, facet,
  sum(count) as count, sum(retried) as retried
from "minute_step"
where series = any($19::int[]) and "minute" >= $20 and "minute" < $21
group by series, step, facet) c
    join facet f on f.id = c.facet
    group by 1, 2, 3, 4, 5;
