import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { targetMistake } from '../core/audit/forward.ts';
import { parseQuery } from '../core/audit/parse-query.ts';
import { QueryMistake } from '../core/audit/query-mistake.ts';
import { cited } from '../core/errors.ts';
import { type PersonRole, personRoles } from '../core/people/actor.ts';
import type { Policy } from '../core/people/policy.ts';
import { examples, kindOf } from '../core/people/subject.ts';

const text = (what: string) => z.string({ error: `must be ${what}` }).max(200, 'is longer than 200 characters');
const list = <T extends z.ZodType>(item: T, what: string) => z.array(item, { error: `must be a list of ${what}` }).max(1_000);

const timezone = text('a time zone, e.g. Europe/Berlin').refine(isTimezone, {
  error: ({ input }) => `“${input}” is no time zone. Write it as in Europe/Berlin or UTC`,
});

/** Offsets have no summer time: names only. */
function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

const holders = list(text('an account, a group or a name of people'), 'accounts, groups or names of people').default([]);

/** Owners are named: nobody becomes one by joining the team. */
const defaults = ['none', 'viewer', 'operator', 'approver'] as const;

const roles = z.strictObject(
  {
    owner: holders,
    approver: holders,
    operator: holders,
    viewer: holders,
    default: z.enum(defaults, { error: `must be one of ${defaults.join(', ')}; owners are named one by one` }).default('viewer'),
  },
  { error: 'must hold roles, e.g. owner: ["slack:U012ABC"]' },
);

const person = z.strictObject(
  {
    name: text('the name others know them by').trim().min(1, 'must not be empty'),
    accounts: list(
      text('an account, e.g. slack:U012ABC').refine((word) => kindOf(word) === 'account', {
        error: ({ input }) => notAn('account', String(input)),
      }),
      'accounts',
    ).min(1, 'must hold an account'),
  },
  { error: 'must be {name, accounts}' },
);

/** An address as rows name channels, e.g. `slack:C0123`. */
const address = text('a channel, e.g. slack:C0123ABC').regex(/^(slack|discord|console):[\w-]+$/, {
  error: ({ input }) =>
    `“${cited(String(input))}” is no channel. Write it as in slack:C0123ABC, discord:1234 or console:data-alerts`,
});

const audit = z.strictObject({ checkpoints: address.optional() }, { error: 'must hold checkpoints' });
const segment = z.strictObject(
  { allow_batches: z.boolean({ error: 'must be true or false' }).default(false) },
  { error: 'must hold allow_batches' },
);
/** In what a forward sends there is no time: it is everything new. */
function queryMistake(query: string): string | undefined {
  try {
    const { since, until } = parseQuery(query, new Date(0));
    return since || until ? 'must hold no since:, until: or on:, since a forward sends what is new' : undefined;
  } catch (error) {
    if (error instanceof QueryMistake) return `cannot be read at letter ${error.at + 1}. ${error.message}`;
    throw error;
  }
}

const forward = z
  .strictObject(
    {
      name: text('a name, e.g. siem').regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'must be of small letters, digits, - and _, e.g. siem'),
      url: z.string({ error: 'must be an address, e.g. https://siem.example/hook' }).max(2_000, 'is longer than 2,000 letters'),
      query: z.string({ error: 'must be a search as after /audit, e.g. "action:destination.*"' }).default(''),
      workspace: text('the name of a workspace').min(1, 'must not be empty').optional(),
      allow_private: z.boolean({ error: 'must be true or false' }).default(false),
    },
    { error: 'must be {name, url}, and perhaps query, workspace, allow_private' },
  )
  .superRefine(({ url, query, allow_private }, context) => {
    const issue = (key: string, message: string | undefined) =>
      message && context.addIssue({ code: 'custom', path: [key], message });
    issue('url', targetMistake(url, allow_private));
    issue('query', queryMistake(query));
  });

const schema = z
  .strictObject(
    {
      timezone: timezone.default('UTC'),
      roles: roles.optional(),
      people: list(person, 'people, each {name, accounts}').default([]),
      audit: audit.optional(),
      segment: segment.optional(),
      forwards: list(forward, 'forwards, each {name, url}').default([]),
    },
    { error: 'must hold timezone, roles, people, audit, segment or forwards' },
  )
  .superRefine(({ roles, people, forwards }, context) => {
    const issue = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
    const names = new Map<string, number>();
    const accounts = new Map<string, string>();
    people.forEach(({ name, accounts: own }, i) => {
      // A name that reads like an account could not be told from one where roles are given.
      if (name.includes(':')) issue(['people', i, 'name'], 'must not hold a colon');
      if (names.has(name)) issue(['people', i, 'name'], `${name} stands twice: people need different names`);
      names.set(name, i);
      own.forEach((account, j) => {
        const other = accounts.get(account);
        if (other !== undefined) issue(['people', i, 'accounts', j], `${account} belongs to ${other} already`);
        accounts.set(account, name);
      });
    });
    forwards.forEach(({ name }, i) => {
      const isTaken = forwards.findIndex((other) => other.name === name) < i;
      if (isTaken) issue(['forwards', i, 'name'], `${name} stands twice: forwards need different names`);
    });
    for (const role of personRoles) {
      (roles?.[role] ?? []).forEach((holder, i) => {
        if (kindOf(holder) !== undefined || names.has(holder)) return;
        issue(['roles', role, i], notAn('account, a group or a name of people', holder, names.keys()));
      });
    }
  });

function notAn(what: string, word: string, names: Iterable<string> = []): string {
  const near = [...names].find((name) => distance(name.toLowerCase(), word.toLowerCase()) <= 2);
  const hint = near === undefined ? `Accounts and groups look like ${examples.join(', ')}` : `Did you mean ${near}?`;
  return `“${cited(word)}” is not an ${what}. ${hint}`;
}

/** The keys that may stand at a path: for suggestions. */
export function keysAt(path: readonly PropertyKey[]): string[] {
  if (path.length === 0) return Object.keys(schema.shape);
  if (path[0] === 'roles') return Object.keys(roles.shape);
  if (path[0] === 'audit') return Object.keys(audit.shape);
  if (path[0] === 'segment') return Object.keys(segment.shape);
  if (path[0] === 'forwards') return Object.keys(forward.shape);
  return Object.keys(person.shape);
}

/** What a parsed file means, or everything that is wrong with it. */
export function policyFrom(value: unknown): { policy: Policy } | { issues: z.core.$ZodIssue[] } {
  const parsed = schema.safeParse(value ?? {});
  if (!parsed.success) return { issues: parsed.error.issues };
  const { timezone: zone, roles: given, people, audit: trail, segment: fromSegment, forwards } = parsed.data;
  const byRole = Object.fromEntries(personRoles.map((role) => [role, given?.[role] ?? []]));
  const defaultRole = given?.default ?? 'viewer';
  return {
    policy: {
      timezone: zone,
      defaultRole: defaultRole === 'none' ? null : defaultRole,
      roles: byRole as Record<PersonRole, string[]>,
      people,
      ...(trail?.checkpoints === undefined ? {} : { checkpoints: trail.checkpoints }),
      segmentBatches: fromSegment?.allow_batches ?? false,
      forwards: forwards.map(({ allow_private: allowPrivate, ...rest }) => ({ ...rest, allowPrivate })),
    },
  };
}
