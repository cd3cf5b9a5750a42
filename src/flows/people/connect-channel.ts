import { nearest } from '../../core/delivery/directory.ts';
import { cited, UserError } from '../../core/errors.ts';
import { sentence } from '../../core/messages/message.ts';
import { addressOf, type Place } from '../../core/messages/place.ts';
import { type Actor, authorise } from '../../core/people/actor.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { record } from '../audit/record.ts';
import { newViewId, type OwePorts, owePost } from '../chat/owe.ts';

/** What a channel is about: one workspace, or (null) all of them. `choose`: the asker has to say which. */
export type Connected =
  | { state: 'choose'; workspaces: string[]; now: string | null | undefined }
  | { state: 'connected'; workspace: string | null; address: string };

const ALL = 'all';
/** Where writes go that name none. */
const FIRST = 'main';

/**
 * Binds the channel. Whether we may post there shows by trying: one line for everyone is owed to it, and the sending tells the owners
 * if it does not arrive. All workspaces may be named, whatever the channel was about before.
 */
export async function connectChannel(ports: OwePorts, actor: Actor, place: Place, wanted?: string): Promise<Connected> {
  authorise(actor, 'manage');
  const { platform, team, channel } = place;
  if (channel === '') {
    throw new UserError(
      'bad_argument',
      'This is a direct message. Type /warden connect in the channel that you want to connect.',
    );
  }
  const here: Place = { platform, team, channel };
  const address = addressOf(here);
  const result = await ports.database.transaction(async (stores): Promise<Connected> => {
    const workspaces = await knownWorkspaces(stores);
    const workspace = wanted === undefined && workspaces.length === 1 ? workspaces[0] : wanted;
    if (workspace === undefined) {
      return { state: 'choose', workspaces, now: (await stores.chat.channel(address))?.workspace };
    }
    const bound = workspace === ALL ? null : checked(workspace, workspaces);
    await stores.chat.bindChannel({ address, team, workspace: bound });
    const about = bound === null ? 'all workspaces' : `the workspace ${bound}`;
    const message = sentence(`This channel is about ${about} from now on, says ${actor.person}`, 'info');
    const now = ports.clock.now();
    await owePost(stores, { subject: newViewId(), place: here, message }, now);
    const resource = { kind: 'channel', id: address, name: address };
    await record(stores, actor, { action: 'channel.connected', resource, outcome: 'done', after: { workspace: bound } }, now);
    return { state: 'connected', workspace: bound, address };
  });
  ports.jobs.wake('post');
  return result;
}

async function knownWorkspaces({ delivery }: Stores): Promise<string[]> {
  const found = [...new Set((await delivery.allSeries()).map(({ workspace }) => workspace))].sort();
  return found.length === 0 ? [FIRST] : found;
}

function checked(workspace: string, workspaces: readonly string[]): string {
  if (workspaces.includes(workspace)) return workspace;
  const near = nearest(workspace, [...workspaces, ALL], 3);
  throw new UserError('bad_argument', `There is no workspace ${cited(workspace)}. Did you mean ${near.join(' or ')}?`, {
    path: '/workspace',
    suggestions: near,
  });
}
