import { expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import type { Form } from '../../src/core/messages/form.ts';
import { sentence } from '../../src/core/messages/message.ts';
import { describeMessage, type FakeMessage } from '../support/discord/index.ts';
import { until } from '../support/wait.ts';
import { card, type Desk, desk } from './desk.ts';

/** Dana's own card, as a command answers with it; presses edit it. */
async function own(d: Desk): Promise<{ message: FakeMessage; id: string }> {
  let id = '';
  d.listener.onCommand = async (call) => {
    id = await d.answer(call, card('First'));
  };
  const asked = await d.fake.user('dana').command('ops', '/pipeline show');
  const message = await asked.answer();
  await until('it is known', () => id !== '');
  d.listener.onPress = (call) => d.adapter.edit(call.place, id, card(`Now ${call.action.verb} ${call.action.choice ?? ''}`));
  return { message, id };
}

const form: Form = {
  title: 'Find a pipeline',
  submit: 'Find',
  note: 'Names or *slugs*.',
  fields: [
    { name: 'source', label: 'Source', kind: 'text', hint: 'e.g. web' },
    {
      name: 'period',
      label: 'Period',
      kind: 'pick',
      value: '24h',
      options: [
        { value: '1h', label: 'Last hour' },
        { value: '24h', label: 'Last day' },
      ],
    },
    {
      name: 'destination',
      label: 'Destination',
      kind: 'pick',
      more: true,
      optional: true,
      options: [{ value: 'amplitude', label: 'Amplitude' }],
    },
  ],
};

test('a button on one’s own card edits it in place, by the click’s own permission', async () => {
  const d = await desk();
  const { message } = await own(d);
  const pressed = await d.fake.user('dana').press(message, 'Refresh');
  expect(pressed).toMatchObject({ acked: true, callbackType: 6 });
  await until('it is edited', () => describeMessage(message).includes('Now pipeline.refresh'));
  expect(d.listener.presses[0]?.place).toMatchObject({ person: `discord:${d.fake.user('dana').id}` });
  expect(d.fake.seenBy('dana', 'ops')).toHaveLength(1);
  expect(d.fake.problems).toEqual([]);
});

test('a select’s option is the choice', async () => {
  const d = await desk();
  const { message } = await own(d);
  await d.fake.user('dana').select(message, 'Period', 'Last hour');
  await until('it is edited', () => describeMessage(message).includes('Now pipeline.period 1h'));
});

test('a button on a card for everyone is answered to the presser alone', async () => {
  const d = await desk();
  await d.adapter.post(d.at('ops'), card('Shared'), 'k1');
  const shared = d.fake.lastSeenBy('sam', 'ops');
  d.listener.foreseen = 'reply';
  d.listener.onPress = (call) => d.answer(call, card('For Sam'));
  const pressed = await d.fake.user('sam').press(shared, 'Refresh');
  expect(pressed).toMatchObject({ acked: true, callbackType: 5 });
  expect(describeMessage(await pressed.answer())).toMatch(/only for one/);
  expect(d.listener.presses[0]?.place).toEqual({ ...d.at('ops'), reply: expect.any(String) });
  expect(d.fake.seenBy('dana', 'ops')).toEqual([shared]);
});

test('a mistake is told beside the card, to the presser alone', async () => {
  const d = await desk();
  const { message } = await own(d);
  d.listener.onPress = async () => {
    throw new UserError('view_ended', 'This card has ended.');
  };
  const pressed = await d.fake.user('dana').press(message, 'Refresh');
  expect(describeMessage(await pressed.answer())).toContain('This card has ended.');
  expect(describeMessage(message)).toContain('First');
  expect(d.fake.seenBy('sam', 'ops')).toEqual([]);
});

test('a click that came too late does nothing; one that comes twice is done once', async () => {
  const d = await desk();
  const { message } = await own(d);
  const late = await d.fake.user('dana').press(message, 'Refresh', { late: true });
  expect(late.acked).toBe(false);
  expect(d.listener.presses).toEqual([]);
  const pressed = await d.fake.user('dana').press(message, 'Refresh');
  await until('it is edited', () => message.edits.length === 1);
  d.fake.dispatch('INTERACTION_CREATE', pressed.payload);
  await d.fake.user('dana').press(message, 'Refresh');
  await until('it is edited again', () => message.edits.length === 2);
  expect(d.listener.presses).toHaveLength(2);
});

test('a button of before our time says that it is no longer valid', async () => {
  const d = await desk();
  await d.adapter.post(d.at('ops'), card('Old', 'No id!'), 'k1');
  const pressed = await d.fake.user('sam').press(d.fake.lastSeenBy('sam', 'ops'), 'Refresh');
  expect(describeMessage(await pressed.answer())).toContain('This button is no longer valid');
});

test('when the time to answer is over, posts and edits say so and nothing becomes public', async () => {
  const d = await desk();
  const { id } = await own(d);
  const place = d.listener.commands[0]?.place ?? d.at('ops');
  d.fake.expireTokens();
  await expect(d.adapter.edit(place, id, card('Late'))).rejects.toMatchObject({ kind: 'ended' });
  await expect(d.adapter.post(place, card('Late'), 'k9')).rejects.toMatchObject({ kind: 'ended' });
  const asked = d.fake.requests().length;
  d.clock.advance(15 * 60_000);
  await expect(d.adapter.post(place, card('Late'), 'k9')).rejects.toMatchObject({ kind: 'ended' });
  expect(d.fake.requests()).toHaveLength(asked);
  const person = place.person ?? '';
  await expect(d.adapter.post(d.at('ops', { person }), card('No permission'), 'k9')).rejects.toMatchObject({ kind: 'ended' });
  expect(d.fake.channel('ops').messages).toEqual([]);
});

test('a dismissed card comes again, to the same person', async () => {
  const d = await desk();
  const { message, id } = await own(d);
  d.listener.onPress = async (call) => {
    d.fake.messageDelete(message);
    await d.adapter.edit(call.place, id, card('Again'));
  };
  await d.fake.user('dana').press(message, 'Refresh');
  const seen = () => d.fake.seenBy('dana', 'ops').map(describeMessage);
  await until('it is there again', () => seen().join().includes('Again'));
  expect(seen()).toEqual([expect.stringMatching(/^\(only for one\)/)]);
  expect(d.fake.seenBy('sam', 'ops')).toEqual([]);
});

test('a form opens at once; a mistake is told, filled in again, corrected, and the card itself changes', async () => {
  const d = await desk();
  const { message, id } = await own(d);
  d.listener.foreseen = 'form';
  d.listener.onForm = async () => form;
  const dana = d.fake.user('dana');
  const opened = await dana.press(message, 'Refresh');
  expect(opened).toMatchObject({ acked: true, callbackType: 9, modal: { title: 'Find a pipeline' } });
  d.listener.onSubmit = async () => ({ source: 'There is no source “wbe”. Did you mean web?' });
  await dana.submitModal({ Source: 'wbe', Period: 'Last hour' });
  await until('the mistake is told', () => d.fake.seenBy('dana', 'ops').length === 2);
  const told = d.fake.lastSeenBy('dana', 'ops');
  expect(describeMessage(told)).toMatch(
    /only for one\)\n│ ## ▲ warning: That could not be taken yet\n│ There is no source “wbe”.*\n│ \[Retry ·primary\]/,
  );
  expect(d.listener.submits[0]).toMatchObject({
    values: { source: 'wbe', period: '1h', destination: '' },
    action: { verb: 'pipeline.refresh' },
  });

  const again = await dana.press(told, 'Retry');
  expect(JSON.stringify(again.modal?.components)).toMatch(/"value":"wbe".*"value":"1h","default":true/);
  d.listener.onSubmit = async (call) => {
    await d.adapter.edit(call.place, id, card(`Found ${call.values.source}`));
    return undefined;
  };
  await dana.submitModal({ Source: 'web' });
  await until('the mistake is gone', () => d.fake.seenBy('dana', 'ops').length === 1);
  expect(describeMessage(message)).toContain('Found web');
  expect(d.listener.submits[1]?.place.person).toBe(`discord:${dana.id}`);
  expect(d.fake.seenBy('sam', 'ops')).toEqual([]);
  expect(d.fake.problems).toEqual([]);
});

test('a form on a card for everyone is answered to the one who sent it', async () => {
  const d = await desk();
  await d.adapter.post(d.at('ops'), card('Shared'), 'k1');
  const shared = d.fake.lastSeenBy('sam', 'ops');
  d.listener.foreseen = 'form';
  d.listener.onForm = async () => form;
  const sam = d.fake.user('sam');
  await sam.press(shared, 'Refresh');
  d.listener.onSubmit = async () => ({ source: 'No such source.' });
  await sam.submitModal({ Source: 'x', Period: 'Last hour' });
  await until('the mistake is told', () => d.fake.seenBy('sam', 'ops').some((one) => describeMessage(one).includes('Retry')));
  await sam.press(d.fake.lastSeenBy('sam', 'ops'), 'Retry');
  d.listener.onSubmit = async (call) => {
    await d.answer(call, card('Found'));
    return undefined;
  };
  await sam.submitModal({ Source: 'web', Period: 'Last hour' });
  await until('it is answered', () => describeMessage(d.fake.lastSeenBy('sam', 'ops')).includes('Found'));
  expect(d.listener.submits[1]?.place).toEqual({ ...d.at('ops'), reply: expect.any(String) });
  expect(d.fake.seenBy('sam', 'ops')).toHaveLength(2);
  expect(d.fake.seenBy('dana', 'ops')).toEqual([shared]);
});

test('after a restart a form opens again empty, and its answer takes the place of the mistakes', async () => {
  const d = await desk();
  const { message, id } = await own(d);
  d.listener.foreseen = 'form';
  d.listener.onForm = async () => form;
  const dana = d.fake.user('dana');
  await dana.press(message, 'Refresh');
  d.listener.onSubmit = async () => ({ source: 'No such source.' });
  await dana.submitModal({ Source: 'wbe', Period: 'Last hour' });
  await until('the mistake is told', () => d.fake.seenBy('dana', 'ops').length === 2);
  const told = d.fake.lastSeenBy('dana', 'ops');
  const restarted = await d.restart();
  restarted.foreseen = 'form';
  restarted.onForm = async () => form;
  const again = await dana.press(told, 'Retry');
  expect(JSON.stringify(again.modal?.components)).not.toContain('wbe');
  restarted.onSubmit = async (call) => {
    await d.adapter.edit(call.place, id, card('Found'));
    return undefined;
  };
  await dana.submitModal({ Source: 'web', Period: 'Last hour' });
  await until('it is answered', () => describeMessage(told).includes('Found'));
  expect(restarted.submits[0]?.place.person).toBe(`discord:${dana.id}`);
});

test('a form that cannot be opened, or not in time, says so', async () => {
  const d = await desk();
  const { message } = await own(d);
  d.listener.foreseen = 'form';
  d.listener.onForm = async () => {
    throw new UserError('forbidden', 'You may not do that.');
  };
  const refused = await d.fake.user('dana').press(message, 'Refresh');
  expect(refused).toMatchObject({ acked: true, callbackType: 4 });
  expect(describeMessage(d.fake.lastSeenBy('dana', 'ops'))).toContain('You may not do that.');
  d.listener.onForm = () => new Promise(() => {});
  const pressing = d.fake.user('dana').press(message, 'Refresh');
  await d.clock.nextTimer();
  d.clock.advance(2_500);
  expect(await pressing).toMatchObject({ acked: true, callbackType: 4 });
  expect(describeMessage(d.fake.lastSeenBy('dana', 'ops'))).toContain('Press the button again');
  expect(d.fake.seenBy('sam', 'ops')).toEqual([]);
});

test('hostile text goes all the way and means nothing', async () => {
  const d = await desk();
  const bad = '@everyone <@1> [x](https://evil.example) **b** `c`';
  d.listener.onCommand = (call) => d.answer(call, sentence(bad, 'info', [{ kind: 'text', text: bad }]));
  await (await d.fake.user('dana').command('ops', '/pipeline show', { note: bad })).answer();
  expect(d.listener.commands[0]?.text).toContain('@everyone');
  const answer = d.fake.lastSeenBy('dana', 'ops');
  expect(answer.pings).toEqual([]);
  expect(JSON.stringify(answer.components)).not.toMatch(/(?<!\\)@everyone|\]\(https:/);
});
