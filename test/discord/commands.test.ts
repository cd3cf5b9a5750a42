import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { sentence } from '../../src/core/messages/message.ts';
import { describeMessage } from '../support/discord/index.ts';
import { gate, until } from '../support/wait.ts';
import { card, desk } from './desk.ts';

describe('a command', () => {
  test('is acknowledged at once and answered to whoever gave it, alone', async () => {
    const d = await desk();
    d.listener.onCommand = (call) => d.answer(call, card('All is well'));
    const asked = await d.fake.user('dana').command('ops', '/pipeline show', { source: 'Web shop', destination: 'amplitude' });
    expect(asked).toMatchObject({ acked: true, callbackType: 5 });
    const answer = await asked.answer();
    expect(describeMessage(answer)).toMatch(/only for one\)\n│ ## ✓ All is well\n│ \[Refresh\]/);
    expect(d.fake.seenBy('dana', 'ops').map(({ id }) => id)).toEqual([answer.id]);
    expect(d.fake.seenBy('sam', 'ops')).toEqual([]);
    const { caller, place, text } = d.listener.commands[0] ?? {};
    expect(text).toBe('/pipeline show source:"Web shop" destination:amplitude');
    const role = [...d.fake.guild().roles.values()].find(({ name }) => name === 'oncall')?.id;
    const account = `discord:${d.fake.user('dana').id}`;
    const team = d.fake.guild().id;
    expect(caller).toEqual({ account, name: 'Dana S.', team, standing: 'member', groups: [`discord-role:${role}`] });
    expect(place).toEqual({ ...d.at('ops'), person: account, reply: expect.any(String) });
    expect(JSON.stringify(place)).not.toContain(asked.token);
    expect(d.fake.problems).toEqual([]);
  });

  test('of eighty people in one second is answered to all: such answers are not among the bot’s fifty requests', async () => {
    const d = await desk();
    const dana = d.fake.user('dana');
    await Promise.all(Array.from({ length: 80 }, () => dana.command('ops', '/pipeline show')));
    await until('all are heard', () => d.listener.commands.length === 80);
    await Promise.all(d.listener.commands.map((call) => d.answer(call, card('All is well'))));
    expect(d.fake.seenBy('dana', 'ops').filter(({ loading }) => loading)).toEqual([]);
  });

  test('that is worked on when we stop is answered first', async () => {
    const d = await desk();
    const door = gate();
    const order: string[] = [];
    d.listener.onCommand = async (call) => {
      await door.opened;
      await d.answer(call, card('All is well'));
      order.push('answered');
    };
    await d.fake.user('dana').command('ops', '/pipeline show');
    await until('it is heard', () => d.listener.commands.length === 1);
    const stopped = d.adapter.stop().then(() => order.push('stopped'));
    await until('nothing more is heard', () => d.fake.sockets() === 0);
    door.open();
    await stopped;
    await until('it is answered', () => order.includes('answered'));
    expect(order).toEqual(['answered', 'stopped']);
    expect(describeMessage(d.fake.lastSeenBy('dana', 'ops'))).toContain('All is well');
  });

  test('a query is handed over as it was typed', async () => {
    const d = await desk();
    await d.fake.user('dana').command('ops', '/audit search', { query: 'actor:dana "two words" -x' });
    await until('it is heard', () => d.listener.commands.length > 0);
    expect(d.listener.commands[0]?.text).toBe('/audit search actor:dana "two words" -x');
  });

  test('of which nothing comes for long says so, and is answered all the same', async () => {
    const d = await desk();
    const asked = await d.fake.user('dana').command('ops', '/pipeline show');
    await d.clock.nextTimer();
    d.clock.advance(20_000);
    const excuse = await asked.answer();
    expect(describeMessage(excuse)).toContain('This takes longer than usual');
    const [call] = d.listener.commands;
    if (call) await d.answer(call, card('Here it is'));
    expect(d.fake.seenBy('dana', 'ops').map(describeMessage).join()).toMatch(/^\(only for one · edited ×1\)\n│ ## ✓ Here it is/);
  });

  test('a second answer follows the first', async () => {
    const d = await desk();
    d.listener.onCommand = async (call) => {
      await d.answer(call, card('One'));
      await d.answer(call, card('Two'));
    };
    await d.fake.user('dana').command('ops', '/pipeline show');
    await until('both are there', () => d.fake.seenBy('dana', 'ops').length === 2);
    expect(d.fake.seenBy('dana', 'ops').map(describeMessage).join()).toMatch(/One.*Two/s);
    expect(d.fake.seenBy('sam', 'ops')).toEqual([]);
  });

  test('a mistake is told to the caller alone; trouble of ours with a reference that is logged', async () => {
    const d = await desk();
    d.listener.onCommand = async () => {
      throw new UserError('bad_argument', 'Say which @everyone.');
    };
    const wrong = await (await d.fake.user('dana').command('ops', '/pipeline show')).answer();
    expect(describeMessage(wrong)).toContain('▲ warning: Say which \\@everyone.');
    d.listener.onCommand = async () => {
      throw new TypeError('undefined is no function');
    };
    const broken = describeMessage(await (await d.fake.user('dana').command('ops', '/pipeline show')).answer());
    const reference = /reference ([0-9a-f]{8})/.exec(broken)?.[1];
    expect(broken).not.toContain('undefined is');
    expect(d.logged).toEqual([
      { fields: { reference, error: expect.stringContaining('no function') }, message: 'an interaction failed' },
    ]);
    expect(d.fake.seenBy('sam', 'ops')).toEqual([]);
  });

  test('in a thread, the place is the channel with the thread', async () => {
    const d = await desk();
    const parent = await d.adapter.post(d.at('ops'), sentence('An alert'), 'p1');
    await d.adapter.post(d.at('ops', { thread: parent }), sentence('More'), 'p2');
    const [message] = d.fake.channel('ops').messages;
    const thread = message && d.fake.threadOf(message);
    await until('the thread is known', () => thread !== undefined);
    await d.fake.user('dana').command(thread?.id ?? '', '/pipeline show');
    await until('it is heard', () => d.listener.commands.length > 0);
    expect(d.listener.commands[0]?.place).toMatchObject({ channel: d.fake.channel('ops').id, thread: thread?.id });
  });

  test('in a direct message, the caller is a member of our server, or a stranger', async () => {
    const d = await desk();
    d.listener.onCommand = (call) => d.answer(call, card('For you'));
    const asked = await d.fake.user('dana').command(d.fake.user('dana').dm().id, '/pipeline show');
    const answer = await asked.answer();
    expect(d.listener.commands[0]).toMatchObject({
      caller: { standing: 'member', team: d.fake.guild().id, name: 'Dana S.' },
      place: { team: d.fake.guild().id, channel: '', person: `discord:${d.fake.user('dana').id}` },
    });
    // Not ephemeral there: it can be edited for as long as it stands.
    expect(answer.only).toBeUndefined();
    await d.fake.user('eve').command(d.fake.user('eve').dm().id, '/pipeline show');
    await until('eve is heard', () => d.listener.commands.length === 2);
    expect(d.listener.commands[1]?.caller).toMatchObject({ standing: 'stranger', name: 'eve', groups: [] });
  });
});

describe('completion', () => {
  test('hears the line with the option being typed last, and offers what fits', async () => {
    const d = await desk();
    d.listener.onComplete = async () => [
      { text: '', value: 'web', label: 'web', hint: 'Web shop' },
      { text: '', value: 'x'.repeat(101), label: 'too long', hint: '' },
      ...Array.from({ length: 30 }, (_, at) => ({ text: '', value: `s${at}`, label: 'l'.repeat(200), hint: '' })),
    ];
    const { choices, acked } = await d.fake
      .user('dana')
      .autocomplete('ops', '/pipeline show', { source: 'Web sh', destination: 'a' }, 'source');
    expect(acked).toBe(true);
    expect(d.listener.completions[0]?.text).toBe('/pipeline show destination:a source:"Web sh"');
    expect(choices).toHaveLength(25);
    expect(choices[0]).toEqual({ name: 'web · Web shop', value: 'web' });
    await d.fake.user('dana').autocomplete('ops', '/audit search', { query: 'actor:dana act' });
    expect(d.listener.completions[1]?.text).toBe('/audit search actor:dana act');
    expect(d.fake.problems).toEqual([]);
  });
});
