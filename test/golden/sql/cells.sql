set local max_parallel_workers_per_gather = 0;

select distinct kind, split_part(key, '/', 1) as start from owed
where kind in ('roll_up', 'roll_up_day') and key >= $1 and key < $2
  and split_part(key, '/', 2) = any($3::text[]);

select c.part, c.provisional, c.series, c.step, f.reason, sum(c.count)::float8 as count, sum(c.retried)::float8 as retried
  from (
select 'now' as part, false as provisional, "series" as "series", "step" as "step", "facet" as "facet",
  sum(count) as count, sum(retried) as retried
from "minute_step"
where series = any($1::int[]) and "minute" >= $2 and "minute" < $3
group by "series", "step", "facet" union all 
select 'now' as part, false as provisional, "series" as "series", "step" as "step", "facet" as "facet",
  sum(count) as count, sum(retried) as retried
from "hour_step"
where series = any($4::int[]) and "hour" >= $5 and "hour" < $6
group by "series", "step", "facet" union all 
select 'now' as part, false as provisional, "series" as "series", "step" as "step", "facet" as "facet",
  sum(count) as count, sum(retried) as retried
from "day_step"
where series = any($7::int[]) and "day" >= $8 and "day" < $9
group by "series", "step", "facet" union all 
select 'now' as part, false as provisional, "series" as "series", "step" as "step", "facet" as "facet",
  sum(count) as count, sum(retried) as retried
from "hour_step"
where series = any($10::int[]) and "hour" >= $11 and "hour" < $12
group by "series", "step", "facet" union all 
select 'now' as part, false as provisional, "series" as "series", "step" as "step", "facet" as "facet",
  sum(count) as count, sum(retried) as retried
from "minute_step"
where series = any($13::int[]) and "minute" >= $14 and "minute" < $15
group by "series", "step", "facet" union all 
select 'now' as part, true as provisional, "series" as "series", "step" as "step", "facet" as "facet",
  sum(count) as count, sum(retried) as retried
from "minute_step"
where series = any($16::int[]) and "minute" >= $17 and "minute" < $18
group by "series", "step", "facet" union all 
select 'before' as part, false as provisional, "series" as "series", "step" as "step", "facet" as "facet",
  sum(count) as count, sum(retried) as retried
from "minute_step"
where series = any($19::int[]) and "minute" >= $20 and "minute" < $21
group by "series", "step", "facet" union all 
select 'before' as part, false as provisional, "series" as "series", "step" as "step", "facet" as "facet",
  sum(count) as count, sum(retried) as retried
from "hour_step"
where series = any($22::int[]) and "hour" >= $23 and "hour" < $24
group by "series", "step", "facet" union all 
select 'before' as part, false as provisional, "series" as "series", "step" as "step", "facet" as "facet",
  sum(count) as count, sum(retried) as retried
from "minute_step"
where series = any($25::int[]) and "minute" >= $26 and "minute" < $27
group by "series", "step", "facet") c join facet f on f.id = c.facet
  group by 1, 2, 3, 4, 5;
