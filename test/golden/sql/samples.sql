insert into sample (series, step, reason, hour, slot, at, event_name, request, response)
select $1::int, $2::smallint, $3::text, $4::timestamptz, n.slot, $5::timestamptz, $6, $7, $8
from generate_series(0, $9) as n (slot)
where not exists (
  select from sample s where (s.series, s.step, s.reason, s.hour) = ($10::int, $11::smallint, $12::text, $13::timestamptz) and s.slot = n.slot
)
order by n.slot limit 1
on conflict do nothing;

select "s"."workspace", "s"."source", "s"."destination", "s"."mapping", "s"."audience", "at", "reason", "event_name", "request", "response" from "sample" inner join "series" as "s" on "s"."id" = "sample"."series" where "sample"."series" in ($1, $2) and "step" = $3 and "at" >= $4 and "at" < $5 order by "at" desc limit $6;
