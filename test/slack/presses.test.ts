import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { type Message, sentence } from '../../src/core/messages/message.ts';
import type { Place } from '../../src/core/messages/place.ts';
import { alarm, overview } from '../console/samples.ts';
import { describeMessage, type FakeMessage } from '../support/slack/index.ts';
import { gate, until } from '../support/wait.ts';
import { type Desk, desk, first } from './desk.ts';

const channel: Place = { platform: 'slack', team: 'T0TEAM', channel: 'C1' };
const next = sentence('Now the last hour', 'ok');
/** Without a figure, so that nothing comes later. */
const card: Message = { ...overview(), blocks: overview().blocks.filter(({ kind }) => kind !== 'figure') };
const words = ({ fake }: Desk, user = 'U1', where = 'C1'): string[] => fake.seenBy(user, where).map(describeMessage);

/** A card that Dana alone sees. */
async function own(at: Desk, message = card): Promise<{ place: Place; id: string; shown: FakeMessage }> {
  await at.fake.user('U1').command('C1', '/pipeline');
  await until('it is heard', () => at.listener.commands.length > 0);
  const call = first(at.listener.commands.slice(-1));
  const place = { ...call.place, person: 'slack:U1' };
  const id = await at.adapter.post(place, message, 'k1');
  return { place, id, shown: at.fake.lastSeenBy('U1', 'C1') };
}

async function pressed(at: Desk, count = 1) {
  await until('the press is heard', () => at.listener.presses.length >= count);
  return first(at.listener.presses.slice(count - 1));
}

describe.each(['http', 'socket'] as const)('a press by %s', (mode) => {
  test('of one’s own card edits it through that very press', async () => {
    const at = await desk({ mode });
    const { id, shown } = await own(at);
    expect((await at.fake.user('U1').press(shown, '1h')).acked).toBe(true);
    const call = await pressed(at);
    expect(call.action).toEqual({ verb: 'pipeline.period', id: 'v1', choice: '1h' });
    expect(call.place).toMatchObject({ channel: 'C1', person: 'slack:U1' });
    await at.adapter.edit({ ...call.place, person: 'slack:U1' }, id, next);
    expect(words(at)).toEqual([expect.stringContaining('Now the last hour')]);
    expect(words(at, 'U2')).toEqual([]);
    expect(at.fake.problems).toEqual([]);
  });

  test('of a card that everyone sees is answered beside it, for the presser alone', async () => {
    const at = await desk({ mode });
    at.listener.foreseen = 'reply';
    await at.adapter.post(channel, card, 'k');
    await at.fake.user('U2').press(at.fake.lastSeenBy('U2', 'C1'), 'Refresh');
    const call = await pressed(at);
    expect(call.place.person).toBeUndefined();
    await at.answer(call, overview());
    expect(at.fake.seenBy('U2', 'C1').map(({ only }) => only)).toEqual([undefined, 'U2']);
    expect(describeMessage(at.fake.lastSeenBy('U2', 'C1'))).toContain('(image: Of 1.25 M');
    expect(words(at)).toEqual([expect.stringContaining('Delivery fell by')]);
    expect(at.fake.seenBy('U1', 'C1')[0]?.edits).toEqual([]);
    await expect(at.adapter.edit({ ...call.place, person: 'slack:U2' }, 'private:x', next)).rejects.toMatchObject({
      kind: 'ended',
    });
    expect(at.fake.problems).toEqual([]);
  });

  test('of a select tells what was chosen', async () => {
    const at = await desk({ mode });
    const { shown } = await own(at);
    await at.fake.user('U1').select(shown, 'Destination', 'Braze');
    expect((await pressed(at)).action).toEqual({ verb: 'pipeline.destination', id: 'v1', choice: 'braze' });
  });
});

describe('a press', () => {
  test('that takes long shows so in the card’s own place, then the answer', async () => {
    const at = await desk();
    const door = gate();
    const { id, shown } = await own(at);
    at.listener.onPress = () => door.opened;
    await at.fake.user('U1').press(shown, '1h');
    const call = await pressed(at);
    at.clock.advance(1_000);
    await until('the sign is there', () => words(at)[0]?.includes('Working on it…') ?? false);
    door.open();
    await at.adapter.edit({ ...call.place, person: 'slack:U1' }, id, next);
    expect(words(at)).toEqual([expect.stringContaining('Now the last hour')]);
  });

  test('that takes long, on a card that stays, leaves the answer beside it and no sign of work', async () => {
    const at = await desk();
    const door = gate();
    at.listener.foreseen = 'reply';
    at.listener.onPress = () => door.opened;
    await at.adapter.post(channel, card, 'k');
    await at.fake.user('U2').press(at.fake.lastSeenBy('U2', 'C1'), 'Refresh');
    const call = await pressed(at);
    at.clock.advance(1_000);
    await at.answer(call, next);
    door.open();
    await at.adapter.stop();
    expect(words(at, 'U2')).toEqual([expect.stringContaining('Delivery fell by'), expect.stringContaining('Now the last hour')]);
    expect(words(at)).toHaveLength(1);
  });

  test('that is refused is told to the presser alone, and the card stays', async () => {
    const at = await desk();
    await at.adapter.post(channel, card, 'k');
    at.listener.foreseen = 'reply';
    at.listener.onPress = async () => {
      throw new UserError('view_ended', 'This card has ended.');
    };
    await at.fake.user('U2').press(at.fake.lastSeenBy('U2', 'C1'), 'Refresh');
    await until('it is told', () => words(at, 'U2').length === 2);
    expect(words(at, 'U2')[1]).toContain('This card has ended.');
    expect(words(at)).toHaveLength(1);
    expect(words(at)[0]).toContain('Delivery fell by');
  });

  test('twice in a moment, or delivered twice, is heard once', async () => {
    const at = await desk();
    const { shown } = await own(at);
    const dana = at.fake.user('U1');
    const delivery = await dana.press(shown, '1h');
    at.clock.advance(300);
    await dana.press(shown, '1h');
    await at.fake.replay(delivery, { fresh: true });
    at.clock.advance(2_000);
    await at.fake.replay(delivery, { fresh: true });
    await dana.press(shown, '1h');
    await pressed(at, 2);
    expect(at.listener.presses).toHaveLength(2);
  });

  test('of a stranger from another workspace is told as one', async () => {
    const at = await desk();
    await at.adapter.post(channel, card, 'k');
    await at.fake.user('U9').press(at.fake.lastSeenBy('U9', 'C1'), 'Refresh');
    expect((await pressed(at)).caller).toMatchObject({ account: 'slack:U9', standing: 'stranger', groups: [] });
  });

  test('on something we cannot read is answered', async () => {
    const at = await desk();
    const broken: Message = {
      title: 'A card',
      tone: 'info',
      blocks: [{ kind: 'buttons', label: 'B', buttons: [{ label: 'Go', action: { verb: 'No!', id: '' } }] }],
    };
    const { shown } = await own(at, broken);
    await at.fake.user('U1').press(shown, 'Go');
    await until('it is told', () => words(at).length === 2);
    expect(words(at)[1]).toContain('no longer valid');
  });

  test('in a thread is answered in the thread; on its parent, in the channel', async () => {
    const at = await desk();
    const parent = await at.adapter.post(channel, card, 'k1');
    await at.adapter.post({ ...channel, thread: parent }, card, 'k2');
    const [top, reply] = at.fake.channel('C1').messages;
    await at.fake.user('U2').press(reply as FakeMessage, 'Refresh');
    const call = await pressed(at);
    expect(call.place.thread).toBe(top?.ts);
    await at.answer(call, next);
    expect(at.fake.lastSeenBy('U2', 'C1')).toMatchObject({ threadTs: top?.ts, only: 'U2' });
    await at.fake.user('U1').press(top as FakeMessage, 'Refresh');
    expect((await pressed(at, 2)).place.thread).toBeUndefined();
  });

  test('in direct messages edits what stands there', async () => {
    const at = await desk();
    const direct = { ...channel, channel: '', person: 'slack:U1' };
    const id = await at.adapter.post(direct, alarm, 'k');
    const dm = at.fake.user('U1').dm();
    await at.fake.user('U1').press(at.fake.lastSeenBy('U1', dm), 'Acknowledge');
    const call = await pressed(at);
    expect(call.place).toMatchObject({ channel: '', person: 'slack:U1' });
    await at.adapter.edit(call.place, id, next);
    expect(words(at, 'U1', dm)).toEqual([expect.stringContaining('Now the last hour')]);
  });
});
