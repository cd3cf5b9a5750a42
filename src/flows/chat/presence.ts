import { sentence } from '../../core/messages/message.ts';
import { addressOf, type Place } from '../../core/messages/place.ts';
import { newViewId, owePost } from './owe.ts';
import { type TellPorts, tellOwners } from './tell-owners.ts';

const greeting = sentence(
  'Hello. I show where events are on their way to each destination, and why some do not arrive.',
  'info',
  [
    {
      kind: 'text',
      text: ['Type ', { code: '/pipeline' }, ' for all pipelines; only you see the answer until you post it here.'],
    },
    {
      kind: 'context',
      text: ['An owner binds this channel to one workspace with ', { code: '/warden connect' }, '.'],
    },
  ],
);

/** One greeting with the next step, the first time we are invited. What waited for a closed channel goes out now. */
export async function greet(ports: TellPorts, place: Place): Promise<void> {
  const address = addressOf(place);
  const now = ports.clock.now();
  await ports.database.transaction(async (stores) => {
    const isFirst = await stores.chat.openChannel({ address, team: place.team });
    if (isFirst) await owePost(stores, { subject: newViewId(), place, message: greeting }, now);
    else await stores.owed.owe([{ kind: 'post', key: address, dueAt: now }]);
  });
  ports.jobs.wake('post');
}

/** What was closed because the whole team was lost is open again, and what waited there goes out; the owners are told. */
export async function welcomeBack(ports: TellPorts, { platform, team }: { platform: string; team: string }): Promise<void> {
  const opened = await ports.database.transaction(async ({ chat, owed }) => {
    const addresses = await chat.openTeam({ platform, team });
    const dueAt = ports.clock.now();
    await owed.owe(addresses.map((key) => ({ kind: 'post' as const, key, dueAt })));
    return addresses;
  });
  if (opened.length === 0) return;
  ports.jobs.wake('post');
  const channels = opened.length === 1 ? `${opened[0]} is` : `${opened.length} channels are`;
  const text = `${team} on ${platform} lets me in again: ${channels} open, and what waited is posted. Invite me where I am still missing.`;
  await tellOwners(ports, sentence(text, 'ok'));
}

/** What a platform tells of itself: a channel that was never greeted, bound or posted to is no loss, and no news to anyone. */
export async function leaveKnown(ports: TellPorts, gone: Parameters<typeof leave>[1]): Promise<void> {
  const { channel } = gone;
  const known = channel === undefined || (await ports.database.read(({ chat }) => chat.channel(addressOf({ ...gone, channel }))));
  if (known) await leave(ports, gone);
}

/** Nothing more is sent there until we are let in again; the owners are told, once. */
export async function leave(
  ports: TellPorts,
  gone: { platform: string; team: string; channel?: string; why: string },
): Promise<void> {
  const { platform, team, channel, why } = gone;
  const address = channel === undefined ? undefined : addressOf({ platform, team, channel });
  const closed = await ports.database.transaction(({ chat }) => chat.closeChannels({ platform, team, address, why }));
  if (closed.length === 0 && channel !== undefined) return;
  const what = address ?? `all channels of ${team} on ${platform}`;
  await tellOwners(
    ports,
    sentence(`Nothing can be posted to ${what}: ${why}`, 'warning'),
    channel === undefined ? platform : undefined,
  );
}
