insert into "day_count" (series, day, step, facet, count, retried)
select due.series, due.day, h.step, h.facet, sum(h.count), sum(h.retried)
from unnest($1::int[], $2::timestamptz[]) as due (series, day) join "hour_count" h
  on h.series = due.series and h.hour >= due.day and h.hour < due.day + interval '1 day'
group by 1, 2, 3, 4
on conflict (series, day, step, facet) do update set count = excluded.count, retried = excluded.retried;

insert into "day_step" (series, day, step, facet, count, retried)
select due.series, due.day, h.step, h.facet, sum(h.count), sum(h.retried)
from unnest($1::int[], $2::timestamptz[]) as due (series, day) join "hour_step" h
  on h.series = due.series and h.hour >= due.day and h.hour < due.day + interval '1 day'
group by 1, 2, 3, 4
on conflict (series, day, step, facet) do update set count = excluded.count, retried = excluded.retried;
