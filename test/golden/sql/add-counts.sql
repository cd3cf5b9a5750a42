insert into "minute_count" (series, minute, step, facet, count, retried)
select r.series, to_timestamp(r.minute), r.step, r.facet, r.count, r.retried
from unnest($1::int[], $2::float8[], $3::smallint[],
  $4::int[], $5::bigint[], $6::bigint[])
  as r (series, minute, step, facet, count, retried)
on conflict (series, minute, step, facet) do update
set count = "minute_count"."count" + excluded.count, retried = "minute_count"."retried" + excluded.retried;

insert into "minute_step" (series, minute, step, facet, count, retried)
select r.series, to_timestamp(r.minute), r.step, r.facet, r.count, r.retried
from unnest($1::int[], $2::float8[], $3::smallint[],
  $4::int[], $5::bigint[], $6::bigint[])
  as r (series, minute, step, facet, count, retried)
on conflict (series, minute, step, facet) do update
set count = "minute_step"."count" + excluded.count, retried = "minute_step"."retried" + excluded.retried;

update series set newest = fresh.newest
from (
  select s.id, f.newest from series s
  join unnest($1::int[], $2::timestamptz[]) as f (id, newest) on s.id = f.id
  where s.newest is null or s.newest < f.newest
  order by s.id for no key update of s
) as fresh
where series.id = fresh.id;

insert into owed (kind, key, due_at)
select * from unnest($1::text[], $2::text[], $3::timestamptz[])
on conflict (kind, key) do update set version = owed.version + 1, due_at = least(owed.due_at, excluded.due_at)
where owed.lease_until is not null or excluded.due_at < owed.due_at;
