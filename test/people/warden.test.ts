import { beforeEach, describe, expect, test } from 'vitest';
import { commands } from '../../commands/index.ts';
import { Background } from '../../src/core/background.ts';
import type { Count } from '../../src/core/delivery/series.ts';
import type { Action } from '../../src/core/messages/action-id.ts';
import { type Block, type Message, plain } from '../../src/core/messages/message.ts';
import type { Place } from '../../src/core/messages/place.ts';
import { SendError } from '../../src/core/messages/send-error.ts';
import type { Caller } from '../../src/core/people/caller.ts';
import { noPolicy } from '../../src/core/people/policy.ts';
import type { ChatListener } from '../../src/core/ports/chat.ts';
import { listenerFor } from '../../src/flows/chat/listener.ts';
import { leave } from '../../src/flows/chat/presence.ts';
import { sendPosts } from '../../src/flows/chat/send.ts';
import type { Use } from '../../src/flows/index.ts';
import { identify } from '../../src/flows/people/identify.ts';
import { ownerCode, owners } from '../../src/flows/people/owner.ts';
import { wardenUse } from '../../src/flows/people/use.ts';
import { Talk } from '../chat/room.ts';
import { onPglite } from '../support/backends.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { dana, type House, house, ops, sam } from './house.ts';

const buttonsOf = ({ blocks }: Message) => blocks.flatMap((block) => (block.kind === 'buttons' ? block.buttons : []));
const labels = (message: Message): string[] => buttonsOf(message).map(({ label }) => label);
const rowsOf = ({ blocks }: Message, caption: string): string[][] =>
  blocks.flatMap((block: Block) =>
    block.kind === 'table' && block.caption === caption ? block.rows.map((row) => row.map(plain)) : [],
  );
const select = ({ blocks }: Message) => blocks.find((block) => block.kind === 'select');
const count = (workspace: string): Count => ({
  series: { workspace, source: 's', destination: '', mapping: '', audience: '' },
  minute: new Date('2026-11-25T09:58Z'),
  step: 'successfully_received',
  eventType: '',
  eventName: '',
  appVersion: '',
  reason: '',
  count: 1,
  retried: 0,
});

const silent = { info() {}, warn() {}, error() {} };

onPglite((backend) => {
  let here: House;
  let clock: FakeClock;
  let talk: Talk;
  let listener: ChatListener;
  beforeEach(async () => {
    clock = fakeClock('2026-11-25T10:00:00Z');
    here = house(await backend.open(clock), clock);
    here.settings.builtIn = { [dana.account]: ['owner'] };
    talk = Object.assign(new Talk(), { platform: 'slack' });
    listener = listenerFor({
      ...here.ports,
      commands,
      use: wardenUse(here.ports) as Use,
      capabilities: talk.capabilities,
      ...{ log: silent, behind: new Background(() => {}) },
      identify: (caller, place) => identify(here.ports, caller, place),
      ...telling(),
    });
  });

  const telling = () => ({
    ...here.ports,
    owners: () => owners(here.ports),
    lastResort: { platform: 'console', team: '', channel: 'general' },
  });
  async function drain(): Promise<void> {
    const query = { kind: 'post' as const, now: clock.now(), leaseUntil: clock.now(), limit: 100 };
    const claims = await here.ports.database.transaction(({ owed }) => owed.claim(query));
    for (const claim of claims) {
      const left = (gone: Parameters<typeof leave>[1]) => leave(telling(), gone);
      if (claim.key.startsWith('slack:')) await sendPosts({ ...here.ports, log: silent, adapters: [talk], left }, claim);
      await here.ports.database.transaction(({ owed }) => owed.settle([claim]));
    }
  }
  const newest = (): Message => {
    const last = talk.shown.filter(({ place }) => place.person !== undefined).at(-1);
    return last?.edits.at(-1) ?? (last?.message as Message);
  };
  async function ask(text: string, caller: Caller = dana, place: Place = ops): Promise<Message> {
    await listener.command({ caller, place, text });
    await drain();
    return newest();
  }
  const alone = (caller: Caller): Place => ({ ...ops, person: caller.account });
  const action = (label: string, message = newest()): Action => {
    const found = buttonsOf(message).find((button) => button.label === label);
    if (!found) throw new Error(`no button ${label} among ${labels(message)}`);
    return found.action;
  };
  async function press(pressed: Action, caller: Caller = dana): Promise<Message> {
    await listener.press({ caller, place: alone(caller), action: pressed });
    await drain();
    return newest();
  }
  async function submit(label: string, values: Record<string, string>, caller: Caller = dana) {
    const mistakes = await listener.submit({ caller, place: alone(caller), action: action(label), values });
    await drain();
    return mistakes;
  }
  const inPublic = () => talk.shown.filter(({ place }) => place.person === undefined).map(({ message }) => message.title);
  const counts = (...workspaces: string[]) =>
    here.ports.database.transaction(({ delivery }) => delivery.addCounts(workspaces.map(count), 'push', clock.now()));

  describe('/warden connect', () => {
    test('binds the channel to the only workspace, and says so there for everyone', async () => {
      await counts('shop');
      expect((await ask('/warden connect')).title).toBe('slack:C1 is about the workspace shop now');
      expect(inPublic()).toEqual(['This channel is about the workspace shop from now on, says Dana']);
      expect((await here.as(sam)).workspace).toBe('shop');
    });

    test('asks which one where there are several; the choice binds it', async () => {
      await counts('shop', 'lab');
      const card = await ask('/warden connect');
      expect(card.title).toBe('Which workspace is this channel about?');
      const pick = select(card);
      expect(pick?.options.map(({ label }) => label)).toEqual(['All workspaces', 'lab', 'shop']);
      expect(inPublic()).toEqual([]);
      await press({ ...(pick as { action: Action }).action, choice: '0' });
      expect((await here.as(sam)).workspace).toBe('lab');
      // Seen from there, the other one can still be chosen, and all of them.
      expect(select(await ask('/warden connect'))?.selected).toBe('0');
      await ask('/warden connect all');
      expect((await here.as(sam)).workspace).toBeUndefined();
      expect(inPublic()).toHaveLength(2);
      expect((await ask('/warden connect shpo')).title).toBe('There is no workspace shpo. Did you mean shop or all or lab?');
    });

    test('is an owner’s to do, and not in a direct message', async () => {
      expect((await ask('/warden connect main', sam)).title).toBe(
        'Sam may not manage roles and channels. Ask an owner for a role or token that grants it.',
      );
      expect((await ask('/warden connect main', dana, { ...ops, channel: '' })).title).toMatch(/^This is a direct message\./);
      expect(await here.ports.database.read(({ chat }) => chat.channels())).toEqual([]);
    });

    test('where we are not a member: the channel is closed again, the owners hear why, and the card says what to do', async () => {
      const why = 'I am not in this channel. Type /invite @Pipewarden there.';
      const post = talk.post.bind(talk);
      talk.post = async (place, message, key) => {
        if (place.person === undefined) throw new SendError('place', why);
        return post(place, message, key);
      };
      const card = await ask('/warden connect');
      expect(JSON.stringify(card)).toContain('/invite');
      await drain();
      expect(await here.ports.database.read(({ chat }) => chat.channel('slack:C1'))).toMatchObject({ closed: why });
      expect(talk.titles()).toContain(`Nothing can be posted to slack:C1: ${why}`);
      const status = await ask('/warden status');
      expect(status.title).toBe('Needs attention: 1 channel is closed to me');
      expect(rowsOf(status, 'Channels')).toEqual([['slack:C1', 'main', why]]);
      talk.post = post;
      await ask('/warden connect');
      await drain();
      expect(inPublic()).toContain('This channel is about the workspace main from now on, says Dana');
      expect((await ask('/warden status')).title).toBe('Everything works');
    });
  });

  describe('/warden status', () => {
    test('says what works, what is due, how old the data is and where we may post', async () => {
      const empty = await ask('/warden status', sam);
      expect(empty).toMatchObject({ title: 'Everything works', tone: 'ok' });
      expect(JSON.stringify(empty)).toContain('No counts have arrived yet.');
      expect(JSON.stringify(empty)).toContain('/warden connect');
      await counts('shop', 'lab');
      await here.ports.database.transaction(({ chat }) =>
        chat.bindChannel({ address: 'slack:C7', team: 'T1', workspace: 'lab' }),
      );
      const card = await press(action('Refresh'), sam);
      expect(rowsOf(card, 'Data by workspace')).toEqual([
        ['lab', '2026-11-25T09:58:00.000Z'],
        ['shop', '2026-11-25T09:58:00.000Z'],
      ]);
      expect(rowsOf(card, 'Channels')).toEqual([['slack:C7', 'lab', 'works']]);
      expect(labels(card)).toContain('Post to channel');
    });

    test('tells a channel about one workspace nothing of the others', async () => {
      await counts('shop', 'lab');
      await here.ports.database.transaction(async ({ chat }) => {
        await chat.bindChannel({ address: 'slack:C1', team: 'T1', workspace: 'shop' });
        await chat.bindChannel({ address: 'slack:C7', team: 'T1', workspace: 'lab' });
      });
      expect(JSON.stringify(await ask('/warden status', sam))).not.toMatch(/"lab"|C7/);
    });

    test('names what does not work, and what is held up', async () => {
      here.ports.checks = () => ({ database: async () => {}, slack: () => Promise.reject(new Error('the token was revoked')) });
      await counts('shop');
      clock.advance(10 * 60_000);
      const card = await ask('/warden status');
      expect(card).toMatchObject({ title: 'Needs attention: slack does not work, work is held up', tone: 'warning' });
      expect(JSON.stringify(card)).toContain('the token was revoked');
      expect(JSON.stringify(card)).toContain('roll up: 1 for 9 min');
    });
  });

  describe('/warden login', () => {
    test('gives a link to its asker alone, and a new one at a press', async () => {
      const first = JSON.stringify(await ask('/warden login', sam));
      const url = /http:\/\/127\.0\.0\.1:3000\/login\/link\/[\w-]{43}/;
      expect(first).toMatch(url);
      expect(first).toContain('say yes to no link that you did not ask for');
      expect(labels(newest())).toEqual(['New link']);
      const second = JSON.stringify(await press(action('New link'), sam));
      expect(url.exec(second)?.[0]).not.toBe(url.exec(first)?.[0]);
      expect(inPublic()).toEqual([]);
    });

    test('with the code makes its user owner; a wrong one is answered with where the right one stands', async () => {
      here.settings.builtIn = {};
      const code = (await ownerCode(here.ports)) ?? '';
      expect((await ask('/warden login 0000-0000-0000', sam)).title).toMatch(/^This is not the code\. Copy it from the line/);
      const card = await ask(`/warden login ${code}`, sam);
      expect(card.title).toBe('Sam is owner now. The code is used up.');
      expect(JSON.stringify(card)).toContain('/warden connect');
      expect((await here.as(sam)).roles).toContain('owner');
    });
  });

  describe('/warden roles', () => {
    test('shows a viewer who is what, without buttons to change it', async () => {
      here.settings.policy = { ...noPolicy, roles: { ...noPolicy.roles, approver: ['slack-group:S1'] } };
      const card = await ask('/warden roles', sam);
      expect(rowsOf(card, 'Roles')).toEqual([
        ['slack:U1', 'owner', 'built in'],
        ['slack-group:S1', 'approver', 'the policy file'],
      ]);
      expect(labels(card)).toEqual([]);
      expect(JSON.stringify(card)).toContain('Every other full member of the team is viewer.');
    });

    test('an owner gives and takes roles by forms; a mistake goes back to its field', async () => {
      expect(labels(await ask('/warden roles'))).toEqual(['Give a role', 'Separate accounts', 'Refresh']);
      expect(await listener.form({ caller: dana, place: alone(dana), action: action('Give a role') })).toMatchObject({
        fields: [{ name: 'who' }, { name: 'role', value: 'operator' }],
      });
      expect(await submit('Give a role', { who: 'Sam', role: 'operator' })).toEqual({
        who: expect.stringContaining('is neither an account nor a group'),
      });
      expect(await submit('Give a role', { who: '<@U2|sam>', role: 'approver' })).toBeUndefined();
      expect(newest()).toMatchObject({ title: 'slack:U2 is approver now', tone: 'ok' });
      expect((await here.as(sam)).roles).toEqual(['viewer', 'approver']);
      const form = await listener.form({ caller: dana, place: alone(dana), action: action('Take a role') });
      expect(form.fields).toMatchObject([{ name: 'row', options: [{ value: 'approver slack:U2', label: 'Sam: approver' }] }]);
      expect(await submit('Take a role', { row: 'approver slack:U2' })).toBeUndefined();
      expect(newest().title).toBe('slack:U2 is no longer approver');
      // Every other press starts afresh: nothing is taken or given a second time.
      await here.ports.database.transaction(({ people }) =>
        people.give({ subject: 'slack:U2', role: 'approver', by: 'x', at: clock.now() }),
      );
      await press(action('Refresh'));
      expect((await here.as(sam)).roles).toContain('approver');
    });

    test('are copied as one line of YAML', async () => {
      await ask('/warden roles');
      await submit('Give a role', { who: 'slack:U2', role: 'operator' });
      await submit('Give a role', { who: 'discord-role:9', role: 'owner' });
      const message = await press(action('Copy as YAML'));
      expect(JSON.stringify(message)).toContain('roles: {owner: [\\"discord-role:9\\"], operator: [\\"slack:U2\\"]}');
    });

    test('pressed by somebody who lost the role meanwhile change nothing', async () => {
      await ask('/warden roles');
      here.settings.builtIn = {};
      await expect(submit('Give a role', { who: 'slack:U1', role: 'owner' })).rejects.toMatchObject({ code: 'forbidden' });
      expect((await here.as(dana)).roles).toEqual(['viewer']);
    });

    test('cannot be changed by what is typed', async () => {
      expect((await ask('/warden roles change:give who:slack:U2 role:owner')).title).toContain('one word too many');
      expect((await here.as(sam)).roles).toEqual(['viewer']);
    });
  });

  test('a guest is refused everywhere, in private', async () => {
    const guest: Caller = { ...sam, standing: 'guest' };
    for (const line of ['/warden status', '/warden login', '/warden roles', '/warden connect']) {
      expect((await ask(line, guest)).title).toMatch(/^I answer full members of this team only/);
    }
    expect(inPublic()).toEqual([]);
  });
});
