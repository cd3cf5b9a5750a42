import type { StoredEvent } from '../../src/core/audit/event.ts';
import { parseQuery } from '../../src/core/audit/parse-query.ts';
import { type AuditEventCardInput, auditEventCard } from '../../src/core/cards/audit-event-card.ts';
import { auditSearchCard } from '../../src/core/cards/audit-search-card.ts';
import { MINUTE, plus } from '../../src/core/delivery/time.ts';
import type { Action } from '../../src/core/messages/action-id.ts';
import type { Capabilities } from '../../src/core/messages/capabilities.ts';
import { auditEvent, NOW } from './samples.ts';

export const roomy: Capabilities = { tableRows: 50, selectOptions: 100 };
export const act = (action: string, choice?: string): Action => ({
  verb: `audit.${action}`,
  id: 'vw_Xk3q-9_0aZbC',
  ...(choice === undefined ? {} : { choice }),
});

/** Three minutes ago and numbered 100, but for what is given. */
export const stored = (some: Partial<StoredEvent> = {}): StoredEvent => ({
  ...auditEvent({ id: 'ev', at: plus(NOW, -3 * MINUTE) }),
  seq: 100,
  arrived: some.at ?? plus(NOW, -3 * MINUTE),
  sameAs: null,
  erased: false,
  ...some,
});

/** Newest first, each an hour older than the one before. */
export const hourly = (count: number): StoredEvent[] =>
  Array.from({ length: count }, (_, at) => stored({ seq: 1_000 - at, at: plus(NOW, -at * 60 * MINUTE - 3 * MINUTE) }));

export const search = (
  text: string,
  events: readonly StoredEvent[],
  more: Partial<Parameters<typeof auditSearchCard>[0]> = {},
): ReturnType<typeof auditSearchCard> => {
  const query = parseQuery(text === '' ? 'on:today' : text, NOW);
  return auditSearchCard({
    ...{
      text,
      query,
      events,
      page: 0,
      rowsBefore: 0,
      hasMore: false,
      now: NOW,
      zone: 'UTC',
      canWatch: true,
      capabilities: roomy,
      act,
    },
    ...more,
  });
};

const linksOf = ({ seq }: StoredEvent) => ({ permalink: `https://pipewarden.example/audit/${seq}`, resource: undefined });
const nothing = { events: [], left: 0, andMore: false };
export const one = (event: StoredEvent, more: Partial<AuditEventCardInput> = {}): ReturnType<typeof auditEventCard> =>
  auditEventCard({
    ...{
      event,
      byActor: nothing,
      ofResource: nothing,
      links: linksOf(event),
      now: NOW,
      fromSearch: true,
      capabilities: roomy,
      act,
    },
    ...more,
  });

export const hostile = '\u202E<!here> @everyone **x** [a](https://evil.example) `b`\n\u0000';
