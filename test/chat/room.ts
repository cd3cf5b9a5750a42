import { Background } from '../../src/core/background.ts';
import type { Command } from '../../src/core/commands/command.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Capabilities } from '../../src/core/messages/capabilities.ts';
import { type Message, sentence } from '../../src/core/messages/message.ts';
import { addressOf, type Place } from '../../src/core/messages/place.ts';
import type { Caller } from '../../src/core/people/caller.ts';
import type { ChatAdapter, ChatListener } from '../../src/core/ports/chat.ts';
import type { Claim, OwedKind } from '../../src/core/ports/jobs.ts';
import { tellInterrupted } from '../../src/flows/chat/interrupted.ts';
import { listenerFor } from '../../src/flows/chat/listener.ts';
import type { ChatPorts } from '../../src/flows/chat/ports.ts';
import { leave } from '../../src/flows/chat/presence.ts';
import { type SendPorts, sendPosts } from '../../src/flows/chat/send.ts';
import type { TellPorts } from '../../src/flows/chat/tell-owners.ts';
import type { Use } from '../../src/flows/index.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import type { FakeClock } from '../support/clock.ts';

export const ops: Place = { platform: 'talk', team: 'T1', channel: 'ops' };
export const dana: Caller = { account: 'talk:dana', name: 'Dana', team: 'T1', standing: 'member', groups: [] };
export const sam: Caller = { ...dana, account: 'talk:sam', name: 'Sam' };

/** What reached the platform, in order. */
export interface Shown {
  id: string;
  place: Place;
  message: Message;
  key: string;
  edits: Message[];
}

/** A platform in memory whose next calls can be made to fail. */
export class Talk implements ChatAdapter {
  readonly platform = 'talk';
  readonly capabilities = { tableRows: 10, selectOptions: 10 };
  pace = { oncePerKey: 0, postEvery: 0 };
  readonly routes = [];
  readonly shown: Shown[] = [];
  /** Thrown by the next calls, first one first. `arrived`: the message got there all the same. */
  failures: { error: Error; arrived?: boolean }[] = [];

  async start(): Promise<void> {}
  async check(): Promise<void> {}
  async stop(): Promise<void> {}

  async post(place: Place, message: Message, key: string): Promise<string> {
    const failure = this.failures.shift();
    if (failure && !failure.arrived) throw failure.error;
    this.shown.push({ id: `m${this.shown.length + 1}`, place, message, key, edits: [] });
    if (failure) throw failure.error;
    return `m${this.shown.length}`;
  }

  async edit(_place: Place, id: string, message: Message): Promise<void> {
    const failure = this.failures.shift();
    if (failure) throw failure.error;
    this.shown.find((shown) => shown.id === id)?.edits.push(message);
  }

  titles(): string[] {
    return this.shown.map(({ message }) => message.title);
  }
}

/** `/count up|down`, which keeps its number in its arguments; asks a form for another; `note` answers aside. */
export const count: Command<Use> = {
  name: 'count',
  summary: 'Counts',
  defaultVerb: 'show',
  verbs: {
    show: {
      summary: 'The number',
      example: '/count 3',
      options: { number: { kind: 'text', summary: 'Where to begin', required: false } },
      async run({ actor, args, act }) {
        const number = args.number ?? '0';
        if (!/^-?\d+$/.test(number)) throw new UserError('bad_argument', `${number} is no number.`, { path: '/number' });
        return {
          message: {
            title: `${actor.person} counts ${number}`,
            tone: 'info',
            blocks: [{ kind: 'buttons', label: 'Count', buttons: [{ label: 'Up', action: act('up') }] }],
          },
        };
      },
      actions: { up: (args) => ({ ...args, number: String(Number(args.number ?? '0') + 1) }) },
      asides: { note: async ({ actor }) => sentence(`A note for ${actor.person}`) },
      forms: {
        set: {
          open: async ({ args }) => ({
            title: 'Set the number',
            submit: 'Set',
            fields: [{ kind: 'text', name: 'number', label: 'Number', value: args.number }],
          }),
          submit: (args, { number = '' }) => ({ ...args, number }),
        },
      },
    },
    secret: {
      summary: 'A secret',
      example: '/count secret',
      options: {},
      personal: true,
      run: async () => ({ message: sentence('Yours alone') }),
      actions: {},
    },
  },
};

export interface Room {
  talk: Talk;
  clock: FakeClock;
  listener: ChatListener;
  log: string[];
  /** Sends what is owed, as the queue would; returns when it wants to go on. */
  drain(): Promise<(Date | undefined)[]>;
  post(subject: string, title: string, place?: Place): Promise<void>;
}

export function room(
  database: OpenDatabase,
  clock: FakeClock,
  more: { commands?: Command<Use>[]; capabilities?: Partial<Capabilities>; talk?: Talk } = {},
): Room {
  const talk = more.talk ?? new Talk();
  const log: string[] = [];
  const note = (_: object, text: string) => void log.push(text);
  const ports: ChatPorts & TellPorts = {
    database,
    clock,
    jobs: { wake() {} },
    ...{ log: { info: note, warn: note, error: note }, behind: new Background(() => note({}, 'long work failed')) },
    commands: [count, ...(more.commands ?? [])],
    use: {} as Use,
    capabilities: { ...talk.capabilities, ...more.capabilities },
    identify: async (caller) => {
      if (caller.standing !== 'member') throw new UserError('forbidden', 'Members only. Ask an owner.');
      return { person: caller.name, account: caller.account, personKey: caller.account, roles: ['viewer'] };
    },
    owners: async () => [{ account: 'talk:olga', team: 'T1' }],
    lastResort: { platform: 'console', team: '', channel: 'general' },
  };
  const send: SendPorts = {
    database,
    clock,
    log: { info: note, warn: note, error: note },
    adapters: [talk],
    left: (gone) => leave(ports, gone),
  };
  return {
    talk,
    clock,
    log,
    listener: listenerFor(ports),
    async drain() {
      const work = async (kind: OwedKind, run: (claim: Claim) => Promise<Date | undefined>) => {
        const query = { kind, now: clock.now(), leaseUntil: clock.now(), limit: 100 };
        const claims = await database.transaction(({ owed }) => owed.claim(query));
        const next: (Date | undefined)[] = [];
        for (const claim of claims.filter(({ key }) => kind !== 'post' || key.startsWith('talk:'))) {
          const again = await run(claim);
          await database.transaction(({ owed }) => owed.settle([claim], again));
          next.push(again);
        }
        return next;
      };
      await work('long', ({ key }) => tellInterrupted(ports, key));
      return work('post', (claim) => sendPosts(send, claim));
    },
    post: (subject, title, place = ops) =>
      database.transaction(async ({ chat, owed }) => {
        await chat.putPost({ subject, place, message: sentence(title), at: clock.now() });
        await owed.owe([{ kind: 'post', key: addressOf(place), dueAt: clock.now() }]);
      }),
  };
}
