import type { Limits } from './interface.ts';
import type { Json } from './json.ts';
import type { Fault, Hold, Request } from './types.ts';

interface Planned {
  route: string;
  fault: Fault;
  left: number;
}

/** `POST /channels/:channel/messages` and `POST /channels/:id/messages` are one route. */
export const routeName = (route: string): string => route.replace(/:\w+/g, ':id');

export interface Troubles {
  fail(route: string, fault: Fault): void;
  hold(route: string): Hold;
  heal(): void;
  /** The trouble planned for this request, used up. */
  next(request: Request): Fault | undefined;
  /** Waits at the doors in front of this request's route. */
  pass(request: Request): Promise<void>;
}

export function createTroubles(): Troubles {
  let planned: Planned[] = [];
  let doors: { route: string; arrive(): void; opened: Promise<void>; release(): void }[] = [];
  const fits = (route: string, request: Request) => route === '*' || route === request.route;

  return {
    fail: (route, fault) => void planned.push({ route: routeName(route), fault, left: fault.times ?? 1 }),
    hold(route) {
      let arrive = () => {};
      let release = () => {};
      const arrived = new Promise<void>((resolve) => {
        arrive = resolve;
      });
      const opened = new Promise<void>((resolve) => {
        release = resolve;
      });
      const door = { route: routeName(route), arrive, opened, release };
      doors.push(door);
      return {
        arrived,
        release() {
          doors = doors.filter((one) => one !== door);
          release();
        },
      };
    },
    heal() {
      planned = [];
      for (const door of doors) door.release();
      doors = [];
    },
    next(request) {
      const found = planned.find((one) => fits(one.route, request) && (one.fault.when?.(request) ?? true));
      if (!found) return undefined;
      found.left -= 1;
      if (found.left <= 0) planned = planned.filter((one) => one !== found);
      return found.fault;
    },
    async pass(request) {
      for (const door of doors.filter((one) => fits(one.route, request))) {
        door.arrive();
        await door.opened;
      }
    },
  };
}

export interface Reply {
  status: number;
  body?: unknown;
  headers: Record<string, string>;
}

/** The answer a fault gives instead of the real one; none when it only delays or cuts. */
export function faultReply(fault: Fault): Reply | undefined {
  const status = fault.status ?? (fault.retryAfter !== undefined ? 429 : fault.code !== undefined ? 400 : undefined);
  if (status === undefined) return undefined;
  if (status === 429) {
    const after = fault.retryAfter ?? 1;
    const body: Json = { message: 'You are being rate limited.', retry_after: after, global: fault.global ?? false };
    return {
      status,
      body: fault.code === undefined ? body : { ...body, code: fault.code },
      headers: {
        'retry-after': String(after),
        'x-ratelimit-scope': fault.scope ?? (fault.global ? 'global' : 'user'),
        ...(fault.global
          ? { 'x-ratelimit-global': 'true' }
          : { 'x-ratelimit-reset-after': String(after), 'x-ratelimit-remaining': '0' }),
      },
    };
  }
  return { status, body: { message: fault.message ?? `${status}: Trouble`, code: fault.code ?? 0 }, headers: {} };
}

/** Buckets per route and major parameter. In real time: discord.js waits for real. */
export function createBuckets(limits: Limits): (request: Request) => { headers: Record<string, string>; waitMs: number } {
  const buckets = new Map<string, { used: number; resetAt: number }>();
  return (request) => {
    if (!limits.bucket || request.route.startsWith('POST /interactions/')) return { headers: {}, waitMs: 0 };
    const { limit, perMs } = limits.bucket;
    const major = /^\/(?:channels|guilds|webhooks)\/(\d+(?:\/[^/?]+)?)/.exec(request.path)?.[1] ?? '';
    const key = `${request.route} ${major}`;
    let bucket = buckets.get(key);
    if (!bucket || bucket.resetAt <= Date.now()) {
      bucket = { used: 0, resetAt: Date.now() + perMs };
      buckets.set(key, bucket);
    }
    bucket.used += 1;
    const left = bucket.resetAt - Date.now();
    const headers = {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, limit - bucket.used)),
      'x-ratelimit-reset': String(bucket.resetAt / 1000),
      'x-ratelimit-reset-after': String(left / 1000),
      'x-ratelimit-bucket': Buffer.from(request.route).toString('hex').slice(0, 32),
    };
    return { headers, waitMs: bucket.used > limit ? left : 0 };
  };
}
