set local max_parallel_workers_per_gather = 0;

select distinct kind, split_part(key, '/', 1) as start from owed
where kind in ('roll_up', 'roll_up_day') and key >= $1 and key < $2
  and split_part(key, '/', 2) = any($3::text[]);

select c.part, floor(extract(epoch from c.at - case c.part when 'now' then $1::timestamptz else $2::timestamptz end) * 1000 / $3)::int as bucket, sum(c.count)::float8 as count
from (
select 'now' as part, false as provisional, "minute" as "at",
  sum(count) as count, sum(retried) as retried
from "minute_step"
where series = any($4::int[]) and "minute" >= $5 and "minute" < $6
  and step = $7
group by "minute" union all 
select 'now' as part, true as provisional, "minute" as "at",
  sum(count) as count, sum(retried) as retried
from "minute_step"
where series = any($8::int[]) and "minute" >= $9 and "minute" < $10
  and step = $11
group by "minute") c  group by 1, 2 order by 1, 2;
