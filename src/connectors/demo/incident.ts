import { DAY, HOUR, MINUTE, plus, type Window } from '../../core/delivery/time.ts';
import { chance, seedOf } from './chance.ts';

/** The trouble that comes back: one destination's API refuses, at even hours UTC, so that whoever looks finds one soon. */
export const incident = {
  source: 'web',
  destination: 'amplitude',
  everyHours: 2,
  /** Minutes of the hour. */
  from: 10,
  to: 35,
  /** Until then what waits is delivered late. */
  drained: 50,
} as const;

/** What goes wrong at a time, as shares of the events the destination would otherwise have accepted, or failed. */
export interface Strain {
  '401': number;
  '429': number;
  /** Of what is delivered, how much arrives only after a retry. */
  retried: number;
}

export const calm: Strain = { '401': 0, '429': 0, retried: 0 };

/**
 * Five minutes each, as volumes are drawn by, from the incident's start. An API key is rotated and no longer accepted (401); once it is again,
 * everything comes at once and hits the rate limit (429); then what waits drains.
 */
const course: readonly Strain[] = [
  { '401': 0.78, '429': 0, retried: 0.01 },
  { '401': 0.92, '429': 0.02, retried: 0.01 },
  { '401': 0.35, '429': 0.55, retried: 0.08 },
  { '401': 0.01, '429': 0.88, retried: 0.2 },
  { '401': 0, '429': 0.7, retried: 0.4 },
  { '401': 0, '429': 0.03, retried: 0.45 },
  { '401': 0, '429': 0.005, retried: 0.28 },
  { '401': 0, '429': 0, retried: 0.1 },
];
/** What the course refuses at its worst. */
const COURSE_WORST = 0.94;
/** In the course, the five minutes that end when the incident does. */
const LAST_REFUSING = (incident.to - incident.from) / 5 - 1;

const SEVERITY = seedOf('incident severity');
const TAIL = seedOf('incident tail');

/**
 * How an incident differs from the others: what it refuses at its worst, 70 to 95 %, and how much of its last five minutes'
 * trouble is left, as it is over up to three minutes sooner. Days differ too, so that one is not like the day before.
 */
function varietyOf(at: number): { severity: number; tail: number } {
  const day = chance(SEVERITY, Math.floor(at / DAY));
  const hour = Math.floor(at / HOUR);
  return { severity: 0.7 + 0.25 * (0.6 * day + 0.4 * chance(SEVERITY, -hour)), tail: 0.4 + 0.6 * chance(TAIL, hour) };
}

/** Minute of the hour in an hour that has an incident, else -1. Exact for whole minutes, as edges lie on them. */
function minuteOfIncidentHour(at: Date | number): number {
  const intoHour = Number(at) % HOUR;
  const hour = (Number(at) - intoHour) / HOUR;
  return hour % incident.everyHours === 0 ? intoHour / MINUTE : -1;
}

export function incidentAt(time: Date): boolean {
  const minute = minuteOfIncidentHour(time);
  return minute >= incident.from && minute < incident.to;
}

/** The first incident that is not over at `time`. */
export function nextIncident(time: Date): Window {
  const every = incident.everyHours * HOUR;
  const hour = Math.floor((Number(time) - incident.to * MINUTE) / every) * every + every;
  return { from: plus(hour, incident.from * MINUTE), to: plus(hour, incident.to * MINUTE) };
}

/** For people who try the demo: what to expect, and when. */
export const describeSchedule = (): string =>
  `Every ${incident.everyHours} hours, at even hours UTC from :${incident.from} to :${incident.to}, Amplitude refuses most events of ` +
  `${incident.source}/${incident.destination}: first 401 (a rotated key), then 429 (everything retries at once). ` +
  `What waits is delivered late, until :${incident.drained}.`;

export function strainAt(at: number): Strain {
  const minute = minuteOfIncidentHour(at);
  const position = Math.floor((minute - incident.from) / 5);
  const usual = minute < incident.from ? undefined : course[position];
  if (!usual) return calm;
  const { severity, tail } = varietyOf(at);
  const strength = (severity / COURSE_WORST) * (position === LAST_REFUSING ? tail : 1);
  return { '401': usual['401'] * strength, '429': usual['429'] * strength, retried: usual.retried };
}

/** How far the heap of waiting events has grown, 0 to 1: up while the API refuses, down again after. */
export function backlogAt(at: number): number {
  const { from, to, drained } = incident;
  const minute = minuteOfIncidentHour(at);
  if (minute < from || minute >= drained) return 0;
  return minute < to ? (minute - from) / (to - from) : (drained - minute) / (drained - to);
}
