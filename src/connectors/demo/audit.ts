import { canonicalAction } from '../../core/audit/actions.ts';
import type { AuditEvent, Json } from '../../core/audit/event.ts';
import { HOUR, MINUTE } from '../../core/delivery/time.ts';
import { chance, seedOf } from './chance.ts';
import { type Deed, LONGEST_OFF, usualDeeds } from './deeds.ts';
import { incident, nextIncident } from './incident.ts';
import { accessTokens, type Draw, hex, system, team } from './people.ts';
import { pipelines, WORKSPACE } from './resources.ts';

/** Occasions to do something, by the hour. */
const SLOTS_A_HOUR = 2;
/** How much is done in an hour of work, and in any other. Much of it is undone again soon, which counts twice. */
const BUSY = 0.45;
const QUIET = 0.03;
/** The second half of a deed comes so many hours after its occasion at the latest. */
const LOOK_BACK = Math.ceil(LONGEST_OFF / 60) + 1;

/** Whoever looks at an incident should find this so long before it. */
const SUSPECT_BEFORE = 3 * MINUTE;

/** Everything that was done from `from` until before `to`, oldest first. A pure function of time, as all of the demo is. */
export function auditIn({ from, to }: { from: number; to: number }): AuditEvent[] {
  const deeds: Deed[] = [];
  for (let hour = Math.floor(from / HOUR) - LOOK_BACK; hour * HOUR < to; hour++) {
    deeds.push(...aroundIncidents(hour), ...planned(hour), ...byChance(hour));
  }
  return deeds
    .filter(({ at }) => at >= from && at < to)
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
    .map(eventOf);
}

function eventOf({ at, id, actor, type, resource, ...details }: Deed): AuditEvent {
  const action = canonicalAction(type);
  return {
    workspace: WORKSPACE,
    provider: 'demo',
    via: 'demo',
    id: `aud_${id}`,
    at: new Date(at),
    actor: { ...actor },
    action,
    type,
    resource: { kind: action.split('.')[0] as string, ...resource },
    ...details,
  };
}

/** Monday to Friday, eight to seven, UTC. The first of January 1970 was a Thursday. */
function isWork(hour: number): boolean {
  const weekday = (Math.floor(hour / 24) + 4) % 7;
  return weekday >= 1 && weekday <= 5 && hour % 24 >= 8 && hour % 24 < 19;
}

const drawAt =
  (at: number): Draw =>
  (what) =>
    chance(seedOf(`audit ${what}`), at);

const suspect = mappingOf('Order Completed');

function mappingOf(name: string) {
  const { destination } = pipelines.find(({ destination }) => destination.slug === incident.destination) ?? {};
  const mapping = destination?.mappings.find((candidate) => candidate.name === name);
  if (!destination || !mapping) throw new Error(`${incident.destination} has no mapping ${name}`);
  return { id: mapping.id, name, destination: destination.name };
}

/**
 * Before the API begins to refuse, Dana has switched a mapping off, to rotate the key behind it; once all is well she switches it on
 * again. At night and on weekends a script does it for her.
 */
function aroundIncidents(hour: number): Deed[] {
  const { from } = nextIncident(new Date(hour * HOUR));
  if (Number(from) >= (hour + 1) * HOUR) return [];
  const { id, name, destination } = suspect;
  const actor = isWork(hour) ? team.dana : accessTokens.dana;
  const [on, off] = [true, false].map((enabled) => ({ enabled, trigger: `event = "${name}"`, destination }));
  const change = (
    at: number,
    id_: string,
    type: string,
    before: Json | undefined,
    after: Json | undefined,
    note: string,
  ): Deed => ({
    at,
    id: `incident-${hour}-${id_}`,
    actor,
    type,
    resource: { id, name },
    before,
    after,
    context: { note },
  });
  const over = hour * HOUR + (incident.to + 1 + Math.floor(9 * drawAt(hour)('well again'))) * MINUTE;
  return [
    change(Number(from) - SUSPECT_BEFORE, 'off', 'Mapping Disabled', on, off, 'Rotating the API key behind it'),
    change(over, 'on', 'Mapping Enabled', off, on, 'The new key is accepted'),
  ];
}

const keyOf = (what: string, week: number) => hex(drawAt(week), what, 40);

/** What comes round by the calendar; each says before and after as the time before left it. */
function planned(hour: number): Deed[] {
  const day = Math.floor(hour / 24);
  const week = Math.floor((day + 3) / 7);
  /** 0 is Monday. */
  const weekday = (day + 3) % 7;
  const atHour = hour % 24;
  const at = hour * HOUR;
  const draw = drawAt(hour);
  const minute = () => at + Math.floor(60 * draw('minute')) * MINUTE;
  if (atHour === 3) {
    const resource = { id: 'dst_snowflake_K3pV', name: 'Snowflake' };
    const context = { reason: 'Warehouse was unreachable: connection timed out' };
    return [
      { at: at + 11 * MINUTE, id: `sync-${day}`, actor: system, type: 'Storage Destination Sync Failed', resource, context },
    ];
  }
  if (weekday === 0 && atHour === 5) {
    const settings = (of: number) => ({ apiKey: keyOf('braze', of), endpoint: 'https://rest.fra-01.braze.example' });
    const resource = { id: 'dst_braze_C8yR', name: 'Braze' };
    return [rotated(at + 30 * MINUTE, `braze-${week}`, resource, settings(week - 1), settings(week))];
  }
  if (weekday === 3 && atHour === 5) {
    const url = 'https://fulfilment.shop.example/events';
    const settings = (of: number) => ({ url, sharedSecret: keyOf('fulfilment', of) });
    const resource = { id: 'dst_webhooks_V4bZ', name: 'Webhooks (fulfilment)' };
    return [rotated(at + 30 * MINUTE, `fulfilment-${week}`, resource, settings(week - 1), settings(week))];
  }
  if ((weekday === 1 || weekday === 3) && atHour === 14) {
    const version = 2 * (week - 2_800) + (weekday === 3 ? 1 : 0);
    const plan = (of: number) => ({ version: of, plannedEvents: 24 + Math.floor(of / 5) });
    const actor = weekday === 1 ? team.sam : team.kim;
    const resource = { id: 'tp_webshop2Fj', name: 'Web shop' };
    const [before, after] = [plan(version - 1), plan(version)];
    return [{ at: minute(), id: `plan-${day}`, actor, type: 'Tracking Plan Modified', resource, before, after }];
  }
  return [];
}

const rotated = (at: number, id: string, resource: Deed['resource'], before: Json, after: Json): Deed => ({
  at,
  id,
  actor: accessTokens.rotation,
  type: 'Integration Modified',
  resource,
  before,
  after,
  context: { note: 'Weekly rotation' },
});

function byChance(hour: number): Deed[] {
  const often = (isWork(hour) ? BUSY : QUIET) / SLOTS_A_HOUR;
  return Array.from({ length: SLOTS_A_HOUR }, (_, i) => hour * SLOTS_A_HOUR + i).flatMap((slot) => {
    const draw = drawAt(slot);
    if (draw('happens') >= often) return [];
    const at = hour * HOUR + Math.floor(3_600 * draw('second')) * 1_000;
    return usualDeeds({ at, id: String(slot), slot, draw });
  });
}
