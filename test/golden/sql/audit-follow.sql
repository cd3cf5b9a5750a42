select e.seq, e.arrived, e.workspace, e.provider, e.event_id, e.at, e.actor_id, e.actor_type, e.actor_name, e.actor_email,
  e.action, e.type, e.kind, e.resource_id, e.resource_name, e.via, e.same_as, d.details
from audit_event e left join audit_detail d on d.seq = e.seq and d.arrived = e.arrived  where e.seq = $1;

select pg_advisory_xact_lock(hashtext('pipewarden.audit'));

select max(seq) as seq from audit_event;

select e.seq, e.arrived, e.workspace, e.provider, e.event_id, e.at, e.actor_id, e.actor_type, e.actor_name, e.actor_email,
  e.action, e.type, e.kind, e.resource_id, e.resource_name, e.via, e.same_as, d.details
from audit_event e left join audit_detail d on d.seq = e.seq and d.arrived = e.arrived  where e.seq > $1 order by e.seq limit $2;
