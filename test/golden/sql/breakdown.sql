set local max_parallel_workers_per_gather = 0;

select distinct kind, split_part(key, '/', 1) as start from owed
where kind in ('roll_up', 'roll_up_day') and key >= $1 and key < $2
  and split_part(key, '/', 2) = any($3::text[]);

select c.part, array["f"."event_name", "f"."app_version"]::text[] as keys, sum(c.count)::float8 as count
from (
select 'now' as part, false as provisional, "facet" as "facet",
  sum(count) as count, sum(retried) as retried
from "minute_count"
where series = any($1::int[]) and "minute" >= $2 and "minute" < $3
  and step = $4
group by "facet" union all 
select 'now' as part, true as provisional, "facet" as "facet",
  sum(count) as count, sum(retried) as retried
from "minute_count"
where series = any($5::int[]) and "minute" >= $6 and "minute" < $7
  and step = $8
group by "facet") c join facet f on f.id = c.facet where f.reason = any($9::text[])
group by 1, 2;
