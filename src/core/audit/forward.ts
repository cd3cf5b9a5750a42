import { HOUR, later, MINUTE, plus } from '../delivery/time.ts';
import type { ForwardHealth } from '../ports/forwards.ts';
import type { WebhookOutcome } from '../ports/webhooks.ts';

/** Where audit events are sent as signed webhooks, as `pipewarden.yml` says it. */
export interface Forward {
  name: string;
  url: string;
  /** Which events, as a search; all when empty. */
  query: string;
  /** Events of this workspace only; of all when absent. */
  workspace?: string;
  /** The target may lie in a private network, speak http and listen on any port. */
  allowPrivate: boolean;
}

/** Why this is no address to send to, or undefined. Names are resolved and looked at when it is sent. */
export function targetMistake(address: string, allowPrivate: boolean): string | undefined {
  if (!URL.canParse(address)) return 'must be an address, e.g. https://siem.example/hook';
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') return 'must hold no name or password: the receiver knows us by the signature';
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:')) {
    return 'must begin with https:// (http:// is taken with allow_private: true alone)';
  }
  if (url.port !== '' && !allowPrivate) return 'must have no port: without allow_private: true only 443 is called';
  return undefined;
}

/** How long (ms) after a try the next one comes; from then on after as long as the last. */
const WAITS = [5_000, 30_000, 2 * MINUTE, 10 * MINUTE, HOUR, 3 * HOUR];
/** So long after its first try a delivery is given up; the last try is then. */
export const TRIED_FOR = 24 * HOUR;
/** Each wait is longer or shorter by up to this part of it, so that many do not come back at once. */
const JITTER = 0.2;

/** After so many failures in a row the receiver is left alone for a while, and asked by one at a time. */
const MANY = 5;
const FIRST_PAUSE = 30_000;
const LONGEST_PAUSE = 10 * MINUTE;

export type Verdict =
  | { is: 'delivered' }
  /** Tried again at `dueAt`; a receiver that said when wants no other one before. */
  | { is: 'due'; dueAt: Date; error: string; quietUntil?: Date }
  | { is: 'dead'; error: string };

/** What comes of one try. `chance` is in [0, 1). */
export function judge(
  outcome: Exclude<WebhookOutcome, { kind: 'stopped' }>,
  tried: { attempts: number; first: Date; now: Date },
  chance: number,
): Verdict {
  if (outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300) return { is: 'delivered' };
  const { attempts, first, now } = tried;
  const error = outcome.kind === 'answered' ? answerInWords(outcome.status) : outcome.why;
  const end = plus(first, TRIED_FOR);
  if (outcome.kind === 'answered' && isFinal(outcome.status)) return { is: 'dead', error };
  if (now >= end) return { is: 'dead', error: `${error} That was the last try, a day after the first.` };
  const wait = (WAITS[attempts - 1] ?? (WAITS.at(-1) as number)) * (1 - JITTER + 2 * JITTER * chance);
  const quietUntil = outcome.kind === 'answered' ? retryAfter(outcome.retryAfter, now) : undefined;
  const dueAt = later(plus(now, wait), quietUntil ?? now);
  return { is: 'due', dueAt: dueAt > end ? end : dueAt, error, ...(quietUntil ? { quietUntil } : {}) };
}

/** Saying it again will not help. */
const isFinal = (status: number): boolean => status >= 400 && status < 500 && ![408, 425, 429].includes(status);

/** When the receiver wants to be asked again: seconds, or a date. Never longer than a day. */
export function retryAfter(header: string | undefined, now: Date): Date | undefined {
  const text = header?.trim() ?? '';
  const at = /^\d{1,9}$/.test(text) ? plus(now, Number(text) * 1_000) : /^[A-Z][a-z]{2}/.test(text) ? new Date(text) : undefined;
  if (!at || Number.isNaN(Number(at)) || at <= now) return undefined;
  const latest = plus(now, TRIED_FOR);
  return at > latest ? latest : at;
}

/** How a forward gets on after one more try. `quietUntil` is when the receiver wants to be asked again. */
export function healthAfter(health: ForwardHealth, result: 'delivered' | { quietUntil?: Date }, now: Date): ForwardHealth {
  if (result === 'delivered') return { failures: 0, pausedUntil: null, deliveredAt: now };
  const failures = health.failures + 1;
  const pause = failures < MANY ? 0 : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(failures - MANY, 10));
  const until = later(plus(now, pause), result.quietUntil ?? now);
  return { ...health, failures, pausedUntil: until > now ? until : health.pausedUntil };
}

function answerInWords(status: number): string {
  const said = `The receiver answered ${status}`;
  if (status < 200) return `${said}, which is no answer to a webhook.`;
  if (status < 400) return `${said}, a redirect, which is not followed: put the address it leads to into url.`;
  if (status === 401 || status === 403)
    return `${said}: it does not accept our signature. Compare FORWARD_SECRETS with its secret.`;
  if (status === 404 || status === 405) return `${said}: nothing takes webhooks there. Check url in pipewarden.yml.`;
  if (status === 410) return `${said}: it wants no more. Give the forward another url in pipewarden.yml, or take it out.`;
  if (isFinal(status)) return `${said}: it does not take this change. Its log says why.`;
  return `${said}.`;
}
