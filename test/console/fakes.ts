import { createHash } from 'node:crypto';
import { Resvg } from '@resvg/resvg-js';
import { createConsole } from '../../src/chat/console/adapter.ts';
import type { ConsolePerson } from '../../src/chat/console/session.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Action } from '../../src/core/messages/action-id.ts';
import type { Form, FormOption } from '../../src/core/messages/form.ts';
import type { Message } from '../../src/core/messages/message.ts';
import type { Place } from '../../src/core/messages/place.ts';
import type { Caller } from '../../src/core/people/caller.ts';
import type { ChatAdapter, ChatListener, ConsoleEntry, ConsoleLog, Foreseen, Suggestion } from '../../src/core/ports/chat.ts';
import type { Clock } from '../../src/core/ports/clock.ts';
import type { Draw } from '../../src/core/ports/draw.ts';
import type { HttpRequest, HttpResponse } from '../../src/core/ports/http.ts';
import type { Logins } from '../../src/core/ports/people.ts';
import { healthy, overview } from './samples.ts';

export const ada: ConsolePerson = { account: 'console:local', name: 'ada' };
export const channels = [
  { name: 'general', about: 'Ask how the pipelines are doing' },
  { name: 'alerts', about: 'What needs someone’s attention' },
  { name: 'releases', about: 'Deploys and mapping changes' },
  { name: 'sandbox', about: 'For trying things out' },
];

/** Moved by hand; callbacks run when their time has come. */
export class HandClock implements Clock {
  #now = Date.parse('2025-11-25T10:02:00Z');
  #due = new Set<{ at: number; call: () => void }>();

  now(): Date {
    this.#now += 1;
    return new Date(this.#now);
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#now + ms, call };
    this.#due.add(timer);
    return () => this.#due.delete(timer);
  }

  pass(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#due].filter(({ at }) => at <= this.#now)) {
      this.#due.delete(timer);
      timer.call();
    }
  }

  get waiting(): number {
    return this.#due.size;
  }
}

export class MemoryLog implements ConsoleLog {
  readonly entries: ConsoleEntry[] = [];
  readonly #ids = new Map<string, number>();

  async append({ key, person, thread, ...entry }: Parameters<ConsoleLog['append']>[0]): Promise<ConsoleEntry> {
    const known = this.entries.find(({ id }) => id === this.#ids.get(key));
    if (known) return known;
    const above = this.entries.find(({ id, channel }) => id === thread && channel === entry.channel);
    const at = { person: person ?? null, thread: above ? (above.thread ?? above.id) : null };
    const appended = { ...entry, ...at, id: this.entries.length + 1, editedAt: null };
    this.#ids.set(key, appended.id);
    this.entries.push(appended);
    return appended;
  }

  async edit(id: number, body: ConsoleEntry['body'], at: Date): Promise<ConsoleEntry | undefined> {
    const index = this.entries.findIndex((entry) => entry.id === id);
    const entry = this.entries[index];
    if (!entry) return undefined;
    this.entries[index] = { ...entry, body, editedAt: at };
    return this.entries[index];
  }

  async entry(id: number): Promise<ConsoleEntry | undefined> {
    return this.entries.find((entry) => entry.id === id);
  }

  elsewhere(): void {}

  async list(channel: string, account: string, limit: number, before = Number.POSITIVE_INFINITY): Promise<ConsoleEntry[]> {
    return this.#seenBy(account, channel)
      .filter(({ id, thread }) => id < before && thread === null)
      .slice(-limit);
  }

  async replies(channel: string, to: readonly number[], account: string, limit: number): Promise<ConsoleEntry[]> {
    const all = this.#seenBy(account, channel);
    return to.flatMap((one) => all.filter(({ thread }) => thread === one).slice(-limit)).sort((a, b) => a.id - b.id);
  }

  async newest(names: readonly string[], account: string): Promise<Record<string, number>> {
    return Object.fromEntries(names.map((name) => [name, this.#seenBy(account, name).at(-1)?.id ?? 0]));
  }

  #seenBy(account: string, channel: string): ConsoleEntry[] {
    return this.entries.filter((entry) => entry.channel === channel && [null, account].includes(entry.person));
  }
}

const bars = [250, 236, 210, 208, 194].map(
  (height, at) =>
    `<rect x="${60 + at * 165}" y="${350 - height}" width="110" height="${height}" rx="8" fill="${at % 2 ? '#e2a33b' : '#5b7fd6'}"/>`,
);
const placeholder = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 405"><rect x=".5" y=".5" width="899" height="404" rx="14" fill="#ffffff" stroke="#c5cdda"/>${bars.join('')}</svg>`;

export const draw: Draw = {
  png: async () => new Resvg(placeholder, { fitTo: { mode: 'width', value: 1800 } }).render().asPng(),
  sizeOf: () => ({ width: 900, height: 405 }),
  keyOf: (figure) => createHash('sha256').update(JSON.stringify(figure)).digest('hex').slice(0, 16),
};

const lines: Suggestion[] = (
  [
    { text: '/pipeline ', label: '/pipeline', hint: 'How a pipeline delivers' },
    { text: '/pipelines', label: '/pipelines', hint: 'All pipelines at a glance' },
    { text: '/audit ', label: '/audit', hint: 'Who changed what' },
    { text: '/pipeline web ', label: 'web', hint: 'Source · 3 destinations' },
    { text: '/pipeline mobile ', label: 'mobile', hint: 'Source · 2 destinations' },
    { text: '/pipeline web amplitude ', label: 'amplitude', hint: 'Destination · 77.6 % delivered' },
    { text: '/pipeline web bigquery ', label: 'bigquery', hint: 'Destination · 99.9 % delivered' },
  ] as const
).map((line) => ({ ...line, value: line.label }));

/** Answers every command with the overview, and edits the last answer when something is pressed; within a thread it replies there. */
export class FakeListener implements ChatListener {
  readonly calls: ({ text: string; place: Place } | { action: Action; place: Place })[] = [];
  readonly callers: Caller[] = [];
  adapter: ChatAdapter | undefined;
  #posted = '';
  #period = '24h';

  async command({ caller, place: where, text }: Parameters<ChatListener['command']>[0]): Promise<void> {
    this.calls.push({ text, place: where });
    this.callers.push(caller);
    const place = { ...where, person: caller.account };
    if (text === '/broken') throw new UserError('unknown_command', 'There is no /broken. Did you mean /pipeline?');
    this.#posted = (await this.adapter?.post(place, overview(this.#period), `answer:${this.calls.length}`)) ?? '';
  }

  async press({ caller, action, place }: Parameters<ChatListener['press']>[0]): Promise<void> {
    this.calls.push({ action, place });
    if (place.thread !== undefined) {
      await this.adapter?.post({ ...place, person: caller.account }, healthy, `reply:${this.calls.length}`);
      return;
    }
    if (action.verb === 'pipeline.refresh') throw new UserError('view_ended', 'This view has ended. Send /pipeline again.');
    if (action.verb === 'pipeline.period') this.#period = action.choice ?? this.#period;
    const destination = action.verb === 'pipeline.destination' ? action.choice : undefined;
    if (this.#posted) await this.adapter?.edit(place, this.#posted, overview(this.#period, destination));
  }

  foresee(action: Action): Foreseen {
    return action.verb === 'pipeline.window' ? 'form' : 'update';
  }

  async form(): Promise<Form> {
    return {
      title: 'A period of your own',
      submit: 'Show',
      note: 'Times are UTC.',
      fields: [
        { kind: 'text', name: 'from', label: 'From', hint: 'e.g. 2026-11-20', value: '2026-11-20' },
        { kind: 'text', name: 'why', label: 'Why', multiline: true, maxLength: 200, optional: true },
        {
          kind: 'pick',
          name: 'source',
          label: 'Source',
          options: [{ value: 'web', label: 'Web shop' }],
          more: true,
          optional: true,
        },
        {
          kind: 'pick',
          name: 'show',
          label: 'Show',
          options: ['percent', 'counts'].map((value) => ({ value, label: value })),
          value: 'counts',
        },
      ],
    };
  }

  async submit({ action, place, values }: Parameters<ChatListener['submit']>[0]): Promise<Record<string, string> | undefined> {
    if (values.from === 'never') return { from: '“never” is not a time.' };
    if (values.from === 'ended') throw new UserError('view_ended', 'This card has ended.');
    this.calls.push({ action, place });
    if (this.#posted) await this.adapter?.edit(place, this.#posted, { ...overview(this.#period), title: `From ${values.from}` });
    return undefined;
  }

  async options({ typed }: { typed: string }): Promise<FormOption[]> {
    return [{ value: `${typed}-found`, label: 'Found' }];
  }

  async home(): Promise<Message> {
    return overview(this.#period);
  }

  async joined(): Promise<void> {}
  async returned(): Promise<void> {}
  async left(): Promise<void> {}

  async complete({ text }: { text: string }): Promise<Suggestion[]> {
    const words = text.split(' ').length;
    return lines.filter((line) => line.text.startsWith(text) && line.text.trim().split(' ').length === words);
  }
}

export function setUp(more: { token?: string; log?: MemoryLog; clock?: Clock; people?: ConsolePerson[]; logins?: Logins } = {}) {
  const log = more.log ?? new MemoryLog();
  const listener = new FakeListener();
  const clock = more.clock ?? new HandClock();
  const { people = [ada], logins } = more;
  const tokens = more.token === undefined ? [] : [{ token: more.token, person: ada }];
  const adapter = createConsole({ log, draw, clock, people, channels, team: 'Northwind', tokens, logins });
  listener.adapter = adapter;
  const place = (channel: string, person?: string): Place => ({ platform: 'console', team: 'Northwind', channel, person });
  return { log, listener, clock, adapter, place, call: caller(adapter) };
}

/** Calls a route as the server would. */
const caller =
  (adapter: ChatAdapter) =>
  async (
    line: string,
    more: { form?: Record<string, string>; headers?: Record<string, string>; address?: string; signal?: AbortSignal } = {},
  ): Promise<HttpResponse> => {
    const [method, target = '/'] = line.split(' ', 2);
    const url = new URL(target, 'http://127.0.0.1');
    const path = url.pathname.split('/');
    const params: Record<string, string> = {};
    const route = adapter.routes.find((candidate) => {
      const pattern = candidate.path.split('/');
      if (candidate.method !== method || pattern.length !== path.length) return false;
      for (const [at, part] of pattern.entries())
        if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(path[at] ?? '');
      return pattern.every((part, at) => part.startsWith(':') || part === path[at]);
    });
    if (!route) throw new Error(`no route for ${line}`);
    const request: HttpRequest = {
      params,
      query: Object.fromEntries(url.searchParams),
      headers: more.headers ?? {},
      body: Buffer.from(new URLSearchParams(more.form).toString()),
      address: more.address ?? '192.0.2.1',
      signal: more.signal ?? new AbortController().signal,
    };
    return route.handle(request);
  };
