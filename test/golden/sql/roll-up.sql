insert into "hour_count" (series, hour, step, facet, count, retried)
select due.series, due.hour, m.step, m.facet, sum(m.count), sum(m.retried)
from unnest($1::int[], $2::timestamptz[]) as due (series, hour) join "minute_count" m
  on m.series = due.series and m.minute >= due.hour and m.minute < due.hour + interval '1 hour'
group by 1, 2, 3, 4
on conflict (series, hour, step, facet) do update set count = excluded.count, retried = excluded.retried;

insert into "hour_step" (series, hour, step, facet, count, retried)
select due.series, due.hour, m.step, m.facet, sum(m.count), sum(m.retried)
from unnest($1::int[], $2::timestamptz[]) as due (series, hour) join "minute_step" m
  on m.series = due.series and m.minute >= due.hour and m.minute < due.hour + interval '1 hour'
group by 1, 2, 3, 4
on conflict (series, hour, step, facet) do update set count = excluded.count, retried = excluded.retried;

insert into owed (kind, key, due_at)
select * from unnest($1::text[], $2::text[], $3::timestamptz[])
on conflict (kind, key) do update set version = owed.version + 1, due_at = least(owed.due_at, excluded.due_at)
where owed.lease_until is not null or excluded.due_at < owed.due_at;
