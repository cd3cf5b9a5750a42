import { commands } from '../../commands/index.ts';
import { createSeal } from '../../src/config/seal.ts';
import { createSigner } from '../../src/config/signing.ts';
import type { AuditEvent } from '../../src/core/audit/event.ts';
import { Background } from '../../src/core/background.ts';
import type { Action } from '../../src/core/messages/action-id.ts';
import type { Block, Message } from '../../src/core/messages/message.ts';
import { addressOf, type Place } from '../../src/core/messages/place.ts';
import type { Actor } from '../../src/core/people/actor.ts';
import type { Caller } from '../../src/core/people/caller.ts';
import type { ChatListener } from '../../src/core/ports/chat.ts';
import { ingestAudit } from '../../src/flows/audit/ingest.ts';
import { runWatches } from '../../src/flows/audit/run-watches.ts';
import { auditUse } from '../../src/flows/audit/search.ts';
import { listenerFor } from '../../src/flows/chat/listener.ts';
import { leave } from '../../src/flows/chat/presence.ts';
import { type SendPorts, sendPosts } from '../../src/flows/chat/send.ts';
import type { Use } from '../../src/flows/index.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import { auditEvent } from '../audit/samples.ts';
import { dana, ops, type Shown, Talk } from '../chat/room.ts';
import type { FakeClock } from '../support/clock.ts';

export const approver: Actor = { person: 'Dana', account: 'talk:dana', personKey: 'talk:dana', roles: ['approver'] };
export const owner: Actor = { ...approver, person: 'Olga', account: 'talk:olga', personKey: 'talk:olga', roles: ['owner'] };
const sender: Actor = { person: 'api', account: 'api:test', personKey: 'api:test', roles: ['ingest'] };
export const alerts: Place = { ...ops, channel: 'alerts' };

type Some = Parameters<typeof auditEvent>[0];

/** One process on a database: a platform in memory, the flows, and its queue run by hand. */
export function house(database: OpenDatabase, clock: FakeClock, talk = new Talk()) {
  const ports = { database, clock, jobs: { wake() {} } };
  const use = auditUse({
    ...ports,
    signer: createSigner(Buffer.alloc(32, 1)),
    zone: () => 'UTC',
    url: () => 'http://127.0.0.1:3000',
    links: createSeal(Buffer.alloc(32, 2)),
  });
  const log: string[] = [];
  const note = (_: object, text: string) => void log.push(text);
  const chat = {
    ...ports,
    ...{ log: { info: note, warn: note, error: note }, behind: new Background(() => note({}, 'long work failed')) },
    commands,
    use: use as Use,
    capabilities: talk.capabilities,
    identify: async (caller: Caller, place: Place): Promise<Actor> => ({
      ...approver,
      person: caller.name,
      account: caller.account,
      personKey: caller.account,
      workspace:
        (await database.read((stores) => stores.chat.channel(addressOf({ ...place, person: undefined }))))?.workspace ??
        undefined,
    }),
    owners: async () => [],
    lastResort: { platform: 'console', team: '', channel: 'general' },
  };
  const send: SendPorts = {
    database,
    clock,
    log: { info: note, warn: note, error: note },
    adapters: [talk],
    left: (gone) => leave(chat, gone),
  };
  const listener: ChatListener = listenerFor(chat);

  async function drain(): Promise<void> {
    const query = { kind: 'post' as const, now: clock.now(), leaseUntil: clock.now(), limit: 100 };
    for (const claim of await database.transaction(({ owed }) => owed.claim(query))) {
      if (claim.key.startsWith('talk:')) await sendPosts(send, claim);
      await database.transaction(({ owed }) => owed.settle([claim]));
    }
  }

  const owes = async (): Promise<boolean> =>
    (await database.kysely.selectFrom('owed').select('key').where('kind', '=', 'watch').execute()).length > 0;

  return {
    talk,
    use,
    log,
    listener,
    drain,
    owes,
    /** What the queue does: the watches if they are owed, then the posts. */
    async run(): Promise<void> {
      const query = { kind: 'watch' as const, now: clock.now(), leaseUntil: clock.now(), limit: 1 };
      for (const claim of await database.transaction(({ owed }) => owed.claim(query))) {
        await runWatches({ database, clock, log: send.log });
        await database.transaction(({ owed }) => owed.settle([claim]));
      }
      await drain();
    },
    /** As a provider would push them, now. */
    async happen(...some: Some[]): Promise<AuditEvent[]> {
      const events = some.map((one) => auditEvent({ at: clock.now(), ...one }));
      await ingestAudit(ports, sender, events);
      return events;
    },
    async say(text: string, place = ops, caller = dana): Promise<Message | undefined> {
      await listener.command({ caller, place, text });
      await drain();
      return answers(talk).at(-1);
    },
    /** Presses, or chooses, on the message as it is shown now. The answer, to the presser alone. */
    async press(shown: Shown, label: string, { caller = dana, choice }: { caller?: Caller; choice?: string } = {}) {
      const action = current(shown)
        .blocks.flatMap(actionsIn)
        .find(([words]) => words === label)?.[1];
      if (!action) throw new Error(`there is no ${label}`);
      await listener.press({ caller, place: shown.place, action: choice === undefined ? action : { ...action, choice } });
      await drain();
      return shown.place.person === undefined ? answers(talk).at(-1) : current(shown);
    },
    /** The newest answer to one person. */
    answer: (): Shown => talk.shown.findLast(({ place }) => place.person !== undefined) as Shown,
  };
}

export type House = ReturnType<typeof house>;

const actionsIn = (block: Block): [label: string, action: Action][] => {
  if (block.kind === 'select') return [[block.label, block.action]];
  return block.kind === 'buttons' ? block.buttons.map(({ label, action }) => [label, action]) : [];
};

/** As it stands there now. */
export const current = ({ message, edits }: Shown): Message => edits.at(-1) ?? message;
const answers = (talk: Talk): Message[] => talk.shown.filter(({ place }) => place.person !== undefined).map(current);
/** Messages that everyone in a channel sees, without the lines that say that a watch began or ended. */
export const posts = (talk: Talk, place = ops): Shown[] =>
  talk.shown.filter(
    (shown) => addressOf(shown.place) === addressOf(place) && !/posted here (?:from now on|any more)/.test(shown.message.title),
  );
export const titles = (talk: Talk, place = ops): string[] => posts(talk, place).map((shown) => current(shown).title);
