insert into sample (series, step, reason, hour, slot, at, event_name, request, response)
select series, step, reason, hour, taken + nth, at, event_name, request, response
from (
  select *, row_number() over (partition by series, step, reason, hour order by place) - 1 as nth
  from unnest($1::int[], $2::smallint[], $3::text[],
    $4::timestamptz[], $5::timestamptz[],
    $6::text[], $7::text[],
    $8::text[]) with ordinality
    as given (series, step, reason, hour, at, event_name, request, response, place)
) n, lateral (
  select count(*) as taken from sample s
  where (s.series, s.step, s.reason, s.hour) = (n.series, n.step, n.reason, n.hour)
) s
where taken + nth < $9
order by series, step, reason, hour, nth
on conflict do nothing;

select "s"."workspace", "s"."source", "s"."destination", "s"."mapping", "s"."audience", "at", "reason", "event_name", "request", "response" from "sample" inner join "series" as "s" on "s"."id" = "sample"."series" where "sample"."series" in ($1, $2) and "step" = $3 and "at" >= $4 and "at" < $5 order by "at" desc limit $6;
