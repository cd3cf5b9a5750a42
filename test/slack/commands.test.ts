import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { type Message, sentence } from '../../src/core/messages/message.ts';
import { alarm, overview } from '../console/samples.ts';
import { describeMessage, type FakeMessage } from '../support/slack/index.ts';
import { gate, until } from '../support/wait.ts';
import { type Desk, desk, first } from './desk.ts';

const plain: Message = sentence('All 3 pipelines are healthy', 'ok');
const seen = ({ fake }: Desk, user = 'U1', channel = 'C1'): FakeMessage[] => fake.seenBy(user, channel);
const words = (at: Desk, user = 'U1', channel = 'C1'): string[] => seen(at, user, channel).map(describeMessage);

/** Dana sends a command; the answer is posted by its place, as the flows do. */
async function asked(at: Desk, message: Message = plain, line = '/pipeline web amplitude 24h') {
  await at.fake.user('U1').command('C1', line);
  await until('it is heard', () => at.listener.commands.length > 0);
  const call = first(at.listener.commands.slice(-1));
  return { call, id: await at.answer(call, message) };
}

describe.each(['http', 'socket'] as const)('a command by %s', (mode) => {
  test('is acknowledged, heard with who and where, and answered to its sender alone', async () => {
    const at = await desk({ mode });
    const { call } = await asked(at);
    expect(call).toMatchObject({
      text: '/pipeline web amplitude 24h',
      caller: {
        account: 'slack:U1',
        name: 'dana',
        team: 'T0TEAM',
        standing: 'member',
        groups: ['slack-group:S1'],
        timezone: 'Europe/Berlin',
      },
      place: { platform: 'slack', team: 'T0TEAM', channel: 'C1' },
    });
    expect(call.place.person).toBeUndefined();
    expect(JSON.stringify(call)).not.toContain('http');
    expect(words(at)).toEqual([expect.stringContaining('✓ All 3 pipelines are healthy')]);
    expect(seen(at)[0]?.only).toBe('U1');
    expect(seen(at, 'U2')).toEqual([]);
    expect(at.fake.problems).toEqual([]);
  });

  test('that takes long shows that it goes on, and the answer stands below', async () => {
    const at = await desk({ mode });
    const door = gate();
    at.listener.onCommand = () => door.opened;
    const delivery = await at.fake.user('U1').command('C1', '/pipeline');
    expect(delivery.acked).toBe(true);
    await until('it is heard', () => at.listener.commands.length === 1);
    at.clock.advance(1_000);
    await until('the sign is there', () => words(at).length === 1);
    expect(words(at)).toEqual([expect.stringContaining('Working on it…')]);
    door.open();
    await at.answer(first(at.listener.commands), plain);
    expect(words(at)).toEqual([
      expect.stringContaining('Working on it…'),
      expect.stringContaining('All 3 pipelines are healthy'),
    ]);
    expect(seen(at, 'U2')).toEqual([]);
    expect(at.fake.problems).toEqual([]);
  });

  test('that is wrong is answered word for word; one that fails, with a reference', async () => {
    const at = await desk({ mode });
    at.listener.onCommand = async () => {
      throw new UserError('forbidden', 'Ask an owner for the role <operator>.');
    };
    await at.fake.user('U1').command('C1', '/pipeline');
    await until('it is told', () => words(at).length === 1);
    expect(words(at)[0]).toContain('Ask an owner for the role <operator>.');
    at.listener.onCommand = async () => {
      throw new Error('secret inside');
    };
    await at.fake.user('U1').command('C1', '/pipeline');
    await until('it is told', () => words(at).length === 2);
    const [, reference] = /reference ([0-9a-f]{8})/.exec(words(at)[1] ?? '') ?? [];
    expect(JSON.stringify(at.logged)).toContain(reference);
    expect(words(at)[1]).not.toContain('secret');
    expect(seen(at, 'U2')).toEqual([]);
  });

  test('that is delivered again has its effect once', async () => {
    const at = await desk({ mode: 'http' });
    const delivery = await at.fake.user('U1').command('C1', '/pipeline');
    expect((await at.fake.replay(delivery)).status).toBe(200);
    await until('it is heard', () => at.listener.commands.length > 0);
    expect(at.listener.commands).toHaveLength(1);
  });
});

describe('a command', () => {
  test('loses the prefix, and mentions become addresses', async () => {
    const at = await desk({ prefix: 'cdp-' });
    await at.fake
      .user('U1')
      .command('C1', '/cdp-warden roles <@U2|sam> <!subteam^S1|@oncall> <#C1|ops> a&amp;b &lt;c&gt; <!here>');
    await until('it is heard', () => at.listener.commands.length === 1);
    expect(at.listener.commands[0]?.text).toBe('/warden roles slack:U2 slack-group:S1 slack:C1 a&b <c> @here');
  });

  test('of a guest is known as one', async () => {
    const at = await desk();
    await at.fake.user('U3').command('C1', '/pipeline');
    await until('it is heard', () => at.listener.commands.length === 1);
    expect(at.listener.commands[0]?.caller).toMatchObject({ account: 'slack:U3', standing: 'guest', groups: [] });
  });

  test('of somebody Slack does not tell about is refused, never trusted', async () => {
    const at = await desk();
    at.fake.fail('users.info', { error: 'internal_error' });
    await at.fake.user('U1').command('C1', '/pipeline');
    await until('it is told', () => words(at).length === 1);
    expect(words(at)[0]).toContain('Slack does not tell me who you are');
    expect(at.listener.commands).toEqual([]);
  });

  test('whose mistake cannot be told for now is told when Slack takes it, without a sign of work', async () => {
    const at = await desk();
    at.listener.onCommand = async () => {
      throw new UserError('not_found', 'There is no such pipeline.');
    };
    at.fake.fail('response_url', { status: 429, retryAfter: 7 });
    await at.fake.user('U1').command('C1', '/pipeline');
    await until('it waits', async () => Number(await at.clock.nextTimer()) - Number(at.clock.now()) === 7_000);
    at.clock.advance(7_000);
    await until('it is told', () => words(at).length === 1);
    await at.adapter.stop();
    expect(words(at)).toEqual([expect.stringContaining('There is no such pipeline.')]);
    expect(seen(at, 'U2')).toEqual([]);
  });

  test('is without its sender’s groups only as long as Slack does not tell them', async () => {
    const at = await desk();
    at.fake.fail('usergroups.list', { status: 429, retryAfter: 10 });
    for (const [n, later] of [0, 14_999, 1].entries()) {
      at.clock.advance(later);
      await at.fake.user('U1').command('C1', '/pipeline');
      await until('it is heard', () => at.listener.commands.length === n + 1);
    }
    expect(at.listener.commands.map(({ caller }) => caller.groups)).toEqual([[], [], ['slack-group:S1']]);
  });

  test('in direct messages is answered there', async () => {
    const at = await desk();
    const dm = at.fake.user('U1').dm();
    await at.fake.user('U1').command(dm, '/pipeline');
    await until('it is heard', () => at.listener.commands.length === 1);
    const call = first(at.listener.commands);
    expect(call.place).toMatchObject({ channel: '', person: 'slack:U1' });
    await at.answer(call, plain);
    expect(words(at, 'U1', dm)).toHaveLength(1);
  });

  test('is answered within half an hour through the click, later by a whisper in the channel, and where that fails not at all', async () => {
    const at = await desk();
    const { call, id } = await asked(at);
    at.clock.advance(30 * 60_000);
    await at.answer(call, alarm);
    expect(seen(at).map(({ via }) => via)).toEqual(['response_url', 'chat.postEphemeral']);
    const place = { ...call.place, person: 'slack:U1' };
    await expect(at.adapter.edit(place, id, alarm)).rejects.toMatchObject({ kind: 'ended' });
    await expect(at.adapter.post({ ...place, channel: 'C2' }, alarm, 'k')).rejects.toMatchObject({ kind: 'ended' });
    expect(at.fake.channel('C2').all).toEqual([]);
    expect(seen(at, 'U2')).toEqual([]);
  });

  test('is answered five times through one click', async () => {
    const at = await desk();
    const { call } = await asked(at);
    for (let n = 0; n < 5; n++) await at.answer(call, plain);
    expect(seen(at).map(({ via }) => via)).toEqual([...Array(5).fill('response_url'), 'chat.postEphemeral']);
  });

  test('in a channel we are not in is answered all the same', async () => {
    const at = await desk();
    await at.fake.user('U1').command('C2', '/pipeline');
    await until('it is heard', () => at.listener.commands.length === 1);
    await at.answer(first(at.listener.commands), plain);
    expect(words(at, 'U1', 'C2')).toHaveLength(1);
  });

  test('with a permission that is not Slack’s goes nowhere', async () => {
    const at = await desk();
    const body = { command: '/pipeline', text: '', user_id: 'U1', team_id: 'T0TEAM', channel_id: 'C1' };
    const delivery = await at.fake.user('U1').command('C1', '/pipeline x');
    const evil = 'http://127.0.0.1:9/evil';
    const raw = new URLSearchParams({ ...body, response_url: evil }).toString();
    await at.fake.replay({ ...delivery, raw }, { fresh: true });
    await until('it is heard', () => at.listener.commands.length === 2);
    expect(at.listener.commands[1]?.place.reply).toBeUndefined();
  });

  test('brings the picture into its answer', async () => {
    const at = await desk();
    const { id } = await asked(at, overview());
    expect(id).toMatch(/^private:/);
    await until('the picture is there', () => seen(at)[0]?.blocks.some(({ type }) => type === 'image') ?? false);
    expect(words(at)).toHaveLength(1);
    expect(at.fake.problems).toEqual([]);
  });
});
