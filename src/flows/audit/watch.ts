import { createHash, randomBytes } from 'node:crypto';
import { parseWatch, sameSearch } from '../../core/audit/watch-query.ts';
import { watchBegunCard, watchEndedMessage } from '../../core/cards/audit-watch-cards.ts';
import { UserError } from '../../core/errors.ts';
import { addressOf, type Place } from '../../core/messages/place.ts';
import { type Actor, authorise, may } from '../../core/people/actor.ts';
import type { Watch } from '../../core/ports/audit-watches.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { newViewId, type OwePorts, oweCard, owePost } from '../chat/owe.ts';
import { record } from './record.ts';
import { readNamed } from './saved.ts';

/** Of one channel: who watches for more than this reads none of it. */
const MOST = 20;

export interface Begun {
  watch: Watch;
  /** There was none for the same search here. */
  isNew: boolean;
  /** The one workspace that the channel is about. */
  workspace: string | undefined;
}

/**
 * From now on events that match are posted into the channel. Whether we may post there shows by trying, as with connecting: a line
 * for everyone is owed to it.
 */
export async function beginWatch(ports: OwePorts, actor: Actor, place: Place, text: string): Promise<Begun> {
  authorise(actor, 'audit');
  const here = channelOf(place);
  const now = ports.clock.now();
  const query = (await ports.database.read((stores) => readNamed(stores, actor, text, now))).trim();
  const same = createHash('sha256')
    .update(sameSearch(parseWatch(query, now)))
    .digest('hex');
  // Asked by itself, since it waits for those who write, of whom we are one in a moment.
  const after = await ports.database.transaction(({ audit }) => audit.settledSeq());
  const id = `aw_${randomBytes(9).toString('base64url')}`;
  const wish: Watch = { id, place: here, query, after, by: actor.person, account: actor.account, at: now };
  const begun = await ports.database.transaction(async (stores): Promise<Begun> => {
    const { watches } = stores;
    await watches.cursor();
    // Nothing was told while nobody watched, and nothing of it will be.
    if (!(await watches.any())) await watches.moveCursor(after);
    const { watch, isNew } = await watches.add(wish, same);
    if (isNew) {
      if ((await watches.all(addressOf(here))).length > MOST) {
        throw new UserError('bad_argument', `This channel has ${MOST} watches already. Stop one first: /audit watches`);
      }
      // Owes the first look too, for what is being written at this moment.
      await record(stores, actor, deedOf(watch, 'watch.started'), now);
      await announce(stores, watch, now);
    }
    await knock(stores, here, now);
    return { watch, isNew, workspace: actor.workspace };
  });
  ports.jobs.wake('post');
  return begun;
}

function channelOf({ platform, team, channel }: Place): Place {
  if (channel !== '') return { platform, team, channel };
  throw new UserError('bad_argument', 'This is a direct message. Type /audit watch in the channel that is to be told.');
}

const deedOf = ({ id, query, place }: Watch, action: 'watch.started' | 'watch.stopped') => ({
  action,
  resource: { kind: 'watch', id, name: `watch of ${query}` },
  outcome: 'done' as const,
  context: { query, channel: addressOf(place) },
});

/** It was closed perhaps because we were no member, and now we are: what waits goes out, or the owners are told. */
async function knock({ chat, owed }: Stores, place: Place, now: Date): Promise<void> {
  const address = addressOf(place);
  if (!(await chat.channel(address))?.closed) return;
  await chat.openChannel({ address, team: place.team });
  await owed.owe([{ kind: 'post', key: address, dueAt: now }]);
}

/** A line for everyone there, with the button to stop it. */
async function announce(stores: Stores, watch: Watch, now: Date): Promise<void> {
  const { place, by, query } = watch;
  const id = newViewId();
  const answer = watchBegunCard({ query, by, act: (action, choice) => ({ verb: `audit.${action}`, id, choice }) });
  const card = { id, command: 'audit', verb: 'watches', args: {}, place, answer: { ...answer, choices: [watch.id] } };
  await oweCard(stores, card, now);
}

export interface ListedWatch extends Watch {
  /** It tells in the channel where it was asked. */
  here: boolean;
}

/** What this channel is told, and what the asker began elsewhere; for owners all, as far as the channel's workspace lets them see. */
export async function listWatches({ database }: OwePorts, actor: Actor, place: Place): Promise<ListedWatch[]> {
  authorise(actor, 'audit');
  return database.read((stores) => visible(stores, actor, place));
}

async function visible({ watches, chat }: Stores, actor: Actor, { platform, team, channel }: Place): Promise<ListedWatch[]> {
  const address = addressOf({ platform, team, channel });
  const shown: ListedWatch[] = [];
  for (const watch of await watches.all()) {
    const here = addressOf(watch.place) === address;
    if (!here && !may(actor, 'manage') && watch.account !== actor.account) continue;
    const bound = here ? actor.workspace : (await chat.channel(addressOf(watch.place)))?.workspace;
    // In a channel about one workspace nobody sees the others.
    if (actor.workspace === undefined || bound === actor.workspace) shown.push({ ...watch, here });
  }
  return shown.sort((a, b) => Number(b.here) - Number(a.here));
}

/** The watch that was stopped; undefined if it was stopped before. Its channel is told who did it. */
export async function stopWatch(ports: OwePorts, actor: Actor, place: Place, id: string): Promise<Watch | undefined> {
  authorise(actor, 'audit');
  const now = ports.clock.now();
  const stopped = await ports.database.transaction(async (stores) => {
    if (!(await stores.watches.watch(id))) return undefined;
    if (!(await visible(stores, actor, place)).some((watch) => watch.id === id)) {
      throw new UserError('forbidden', 'This watch tells another channel. Stop it there, or ask an owner.');
    }
    const watch = await stores.watches.remove(id);
    if (!watch) return undefined;
    await record(stores, actor, deedOf(watch, 'watch.stopped'), now);
    const message = watchEndedMessage({ query: watch.query, by: actor.person });
    await owePost(stores, { subject: newViewId(), place: watch.place, message }, now);
    return watch;
  });
  if (stopped) ports.jobs.wake('post');
  return stopped;
}
