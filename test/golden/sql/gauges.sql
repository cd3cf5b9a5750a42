insert into gauge (series, metric, at, value)
select * from unnest($1::int[], $2::text[], $3::timestamptz[],
  $4::float8[])
on conflict (series, metric, at) do update set value = excluded.value;

select sum(last.value)::float8 as total
from unnest($1::int[]) as wanted (id)
cross join lateral (
  select value from gauge where gauge.series = wanted.id and metric = $2 and at < $3 order by at desc limit 1
) last;
