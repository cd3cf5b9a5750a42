import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formView } from '../../src/chat/slack/form-view.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Form } from '../../src/core/messages/form.ts';
import { sentence } from '../../src/core/messages/message.ts';
import { overview } from '../console/samples.ts';
import { anyString } from '../support/any-message.ts';
import { findInView } from '../support/slack/blocks/check.ts';
import { describeMessage, describeView } from '../support/slack/index.ts';
import { createWorld } from '../support/slack/world.ts';
import { gate, until } from '../support/wait.ts';
import { type Desk, desk, first } from './desk.ts';

const period: Form = {
  title: 'A period of your own',
  submit: 'Show',
  note: 'Whole hours, UTC.',
  fields: [
    { name: 'from', label: 'From', kind: 'text', value: '2026-11-20' },
    { name: 'to', label: 'To', kind: 'text', hint: 'A day' },
    {
      name: 'zone',
      label: 'Zone',
      kind: 'pick',
      options: [
        { value: 'utc', label: 'UTC' },
        { value: 'here', label: 'Here' },
      ],
      optional: true,
    },
    { name: 'source', label: 'Source', kind: 'pick', options: [{ value: 'web', label: 'Web shop' }], more: true, optional: true },
  ],
};

/** Dana's card; its button opens a form. */
async function pressedForm(at: Desk) {
  at.listener.foreseen = 'form';
  await at.fake.user('U1').command('C1', '/pipeline');
  await until('it is heard', () => at.listener.commands.length === 1);
  const id = await at.answer(first(at.listener.commands), { ...overview(), blocks: overview().blocks.slice(-2) });
  const delivery = await at.fake.user('U1').press(at.fake.lastSeenBy('U1', 'C1'), 'Refresh');
  return { id, delivery };
}
const opened = async (at: Desk, title = period.title) => {
  const dana = at.fake.user('U1');
  await until('the form is open', () => JSON.stringify(dana.modals.at(-1)?.title ?? '').includes(title));
  return dana.modal;
};

describe.each(['http', 'socket'] as const)('a form by %s', (mode) => {
  test('tells a mistake at its field, keeps what was written, and closes once it is right', async () => {
    const at = await desk({ mode });
    at.listener.onForm = async () => period;
    at.listener.onSubmit = async ({ values }) => (values.to === 'never' ? { to: '“never” is not a day.' } : undefined);
    const { id, delivery } = await pressedForm(at);
    expect(delivery.acked).toBe(true);
    const view = await opened(at);
    await expect(`${describeView(view)}\n`).toMatchFileSnapshot('../golden/slack/form.txt');
    await at.fake.user('U1').submit(view, { To: 'never', Zone: 'Here' });
    expect(at.fake.user('U1').modal.errors).toEqual({ to: '“never” is not a day.' });
    await at.fake.user('U1').submit(at.fake.user('U1').modal, { To: '2026-11-21' });
    expect(at.fake.user('U1').modals).toEqual([]);
    const call = first(at.listener.submits.slice(-1));
    expect(call).toMatchObject({
      action: { verb: 'pipeline.refresh', id: 'v1' },
      caller: { account: 'slack:U1' },
      place: { channel: 'C1', person: 'slack:U1' },
      values: { from: '2026-11-20', to: '2026-11-21', zone: 'here', source: '' },
    });
    await at.adapter.edit(call.place, id, sentence('20 to 21 November', 'ok'));
    expect(at.fake.seenBy('U1', 'C1').map(describeMessage)).toEqual([expect.stringContaining('20 to 21 November')]);
    expect(at.fake.problems).toEqual([]);
  });

  test('finds by typing what it does not list', async () => {
    const at = await desk({ mode });
    at.listener.onForm = async () => period;
    at.listener.onOptions = async ({ typed }) => [
      { value: `found-${typed}`, label: `Found ${typed}` },
      ...Array.from({ length: 140 }, (_, n) => ({ value: `${n}`, label: `${n}` })),
    ];
    await pressedForm(at);
    const { options } = await at.fake.user('U1').options(await opened(at), 'Source', 'amp');
    expect(options).toHaveLength(100);
    expect(options?.[0]).toMatchObject({ value: 'found-amp' });
    expect(at.listener.searches[0]).toMatchObject({
      field: 'source',
      typed: 'amp',
      action: { verb: 'pipeline.refresh', id: 'v1' },
    });
  });
});

describe('a form', () => {
  test('that takes time is announced, then filled in', async () => {
    const at = await desk();
    const door = gate();
    at.listener.onForm = async () => {
      await door.opened;
      return period;
    };
    await pressedForm(at);
    await at.clock.nextTimer();
    await until('the form is asked for', () => at.fake.requests('users.info').length > 0);
    at.clock.advance(1_500);
    await opened(at, 'One moment');
    door.open();
    expect(describeView(await opened(at))).toContain('Whole hours, UTC.');
    expect(at.fake.user('U1').modals).toHaveLength(1);
  });

  test('that may not be opened is refused to the presser alone', async () => {
    const at = await desk();
    at.listener.onForm = async () => {
      throw new UserError('forbidden', 'Only operators may do this.');
    };
    await pressedForm(at);
    await until('it is told', () => at.fake.seenBy('U1', 'C1').length === 2);
    expect(describeMessage(at.fake.lastSeenBy('U1', 'C1'))).toContain('Only operators may do this.');
    expect(at.fake.user('U1').modals).toEqual([]);
  });

  test('for which the moment has passed says so', async () => {
    const at = await desk();
    at.listener.onForm = async () => period;
    at.fake.fail('views.open', { error: 'expired_trigger_id' });
    await pressedForm(at);
    await until('it is told', () => at.fake.seenBy('U1', 'C1').length === 2);
    expect(describeMessage(at.fake.lastSeenBy('U1', 'C1'))).toContain('Please press the button again');
  });

  test('that may not be sent says so in its place', async () => {
    const at = await desk();
    at.listener.onForm = async () => period;
    at.listener.onSubmit = async () => {
      throw new UserError('forbidden', 'Not any more.');
    };
    await pressedForm(at);
    await at.fake.user('U1').submit(await opened(at), { To: 'x' });
    expect(describeView(at.fake.user('U1').modal)).toContain('Not any more.');
  });

  test('whose answer takes long closes in time; mistakes are told beside it', async () => {
    const at = await desk();
    const door = gate();
    at.listener.onForm = async () => period;
    at.listener.onSubmit = async () => {
      await door.opened;
      return { to: 'Not a day.' };
    };
    await pressedForm(at);
    const submitting = at.fake.user('U1').submit(await opened(at), { To: 'x' });
    await until('it is heard', () => at.listener.submits.length === 1);
    at.clock.advance(2_000);
    expect((await submitting).acked).toBe(true);
    door.open();
    await until('it is told', () => at.fake.seenBy('U1', 'C1').length === 2);
    expect(describeMessage(at.fake.lastSeenBy('U1', 'C1'))).toContain('Not sent: Not a day.');
  });

  test('of any content keeps within Slack’s limits', () => {
    const option = fc.record({ value: anyString, label: anyString, hint: fc.option(anyString, { nil: undefined }) });
    const common = {
      label: anyString,
      hint: fc.option(anyString, { nil: undefined }),
      value: fc.option(anyString, { nil: undefined }),
      optional: fc.option(fc.boolean(), { nil: undefined }),
    };
    const field = fc.oneof(
      fc.record({
        ...common,
        kind: fc.constant('text' as const),
        maxLength: fc.option(fc.integer({ min: -1, max: 9_000 }), { nil: undefined }),
      }),
      fc.record({
        ...common,
        kind: fc.constant('pick' as const),
        options: fc.array(option, { maxLength: 130 }),
        more: fc.boolean(),
      }),
    );
    const form = fc.record({
      title: anyString,
      submit: anyString,
      note: fc.option(anyString, { nil: undefined }),
      fields: fc.array(field, { maxLength: 5 }),
    });
    const asked = {
      action: { verb: 'pipeline.window', id: 'v'.repeat(80) },
      place: { platform: 'slack', team: 'T0TEAM', channel: 'C1', thread: '1.000001', reply: 'r'.repeat(600) },
      isOwn: true,
    };
    const world = createWorld({});
    fc.assert(
      fc.property(form, ({ fields, ...rest }) => {
        const named = fields.map((one, at) => ({ ...one, name: 'abcde'[at] ?? '' }));
        expect(findInView(world, formView({ ...rest, fields: named }, asked))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
