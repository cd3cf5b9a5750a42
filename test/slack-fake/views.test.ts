import type { ModalView } from '@slack/web-api';
import { describe, expect, test } from 'vitest';
import { describeView, type FakeSlack } from '../support/slack/index.ts';
import { until } from '../support/wait.ts';
import { button, buttons, clientOf, httpApp, loose, mrkdwn, plain, refusal, workspace } from './fixture.ts';

const modal = (title: string, blocks: object[] = [mrkdwn('hello')], more: object = {}): ModalView => ({
  type: 'modal',
  title: plain(title),
  blocks: loose(...blocks),
  ...more,
});
const input = (block_id: string, label: string, element: object, more: object = {}) => ({
  type: 'input',
  block_id,
  label: plain(label),
  element,
  ...more,
});
const form = modal(
  'Alert',
  [
    input('name', 'Name', { type: 'plain_text_input', action_id: 'v', max_length: 10 }),
    input('level', 'Level', { type: 'static_select', action_id: 'v', options: [{ text: plain('High'), value: 'h' }] }),
    input('pipe', 'Pipeline', { type: 'external_select', action_id: 'pipe', min_query_length: 0 }, { optional: true }),
  ],
  { submit: plain('Save'), callback_id: 'alert', private_metadata: 'p1', notify_on_close: true },
);

/** A click's permission to open a form. */
async function trigger(fake: FakeSlack): Promise<string> {
  return (await fake.user('U1').command('C1', '/x')).triggerId ?? '';
}

describe('forms', () => {
  test('are opened once, and soon', async () => {
    let now = Date.now();
    const fake = await workspace({ now: () => now });
    const client = clientOf(fake);
    const trigger_id = await trigger(fake);
    await client.views.open({ trigger_id, view: modal('One') });
    expect((await refusal(client.views.open({ trigger_id, view: modal('Two') }))).error).toBe('exchanged_trigger_id');
    const late = await trigger(fake);
    now += 3001;
    expect((await refusal(client.views.open({ trigger_id: late, view: modal('Two') }))).error).toBe('expired_trigger_id');
    const invented = await refusal(client.views.open({ trigger_id: '1.2.3', view: modal('Two') }));
    expect(invented.response_metadata?.messages).toEqual(['[ERROR] invalid `trigger_id` [json-pointer:/trigger_id]']);
    expect(describeView(fake.user('U1').modal)).toBe('## One\nhello');
  });

  test.each([
    ['a long title', modal('x'.repeat(25)), 'must be less than 25 characters [json-pointer:/view/title/text]'],
    ['no submit beside inputs', modal('x', form.blocks as object[]), 'missing required field: submit [json-pointer:/view]'],
    [
      'much memory',
      modal('x', [mrkdwn('x')], { private_metadata: 'x'.repeat(3001) }),
      'must be less than 3001 characters [json-pointer:/view/private_metadata]',
    ],
    [
      '101 blocks',
      modal(
        'x',
        Array.from({ length: 101 }, () => ({ type: 'divider' })),
      ),
      'no more than 100 items allowed [json-pointer:/view/blocks]',
    ],
    ['a table', modal('x', [{ type: 'table', rows: [] }]), 'unsupported type: table [json-pointer:/view/blocks/0/type]'],
    [
      'an unknown key',
      modal('x', [mrkdwn('x')], { submit_disabled: true }),
      'invalid additional property: submit_disabled [json-pointer:/view]',
    ],
  ])('%s is refused, and costs no trigger', async (_what, view, message) => {
    const fake = await workspace();
    const client = clientOf(fake);
    const trigger_id = await trigger(fake);
    const { error, response_metadata } = await refusal(client.views.open({ trigger_id, view }));
    expect([error, response_metadata?.messages]).toEqual(['invalid_arguments', [`[ERROR] ${message}`]]);
    await client.views.open({ trigger_id, view: modal('fine') });
  });

  test('too large a form', async () => {
    const fake = await workspace();
    const blocks = Array.from({ length: 90 }, () => mrkdwn('x'.repeat(2900)));
    expect((await refusal(clientOf(fake).views.open({ trigger_id: await trigger(fake), view: modal('x', blocks) }))).error).toBe(
      'view_too_large',
    );
  });

  test('stand three deep, and are updated by the hash last seen', async () => {
    const fake = await workspace();
    const client = clientOf(fake);
    const { view } = await client.views.open({
      trigger_id: await trigger(fake),
      view: modal('1', undefined, { external_id: 'e1' }),
    });
    await client.views.push({ trigger_id: await trigger(fake), view: modal('2') });
    expect(
      (await refusal(client.views.push({ trigger_id: await trigger(fake), view: modal('x', undefined, { external_id: 'e1' }) })))
        .error,
    ).toBe('duplicate_external_id');
    await client.views.push({ trigger_id: await trigger(fake), view: modal('3') });
    expect((await refusal(client.views.push({ trigger_id: await trigger(fake), view: modal('4') }))).error).toBe(
      'push_limit_reached',
    );
    expect(fake.user('U1').modals.map((one) => [one.rootId, one.previousId])).toEqual([
      [view?.id, undefined],
      [view?.id, view?.id],
      [view?.id, fake.user('U1').modals[1]?.id],
    ]);
    const update = (hash?: string) =>
      client.views.update({ external_id: 'e1', view: modal('1b', undefined, { external_id: 'e1' }), ...(hash ? { hash } : {}) });
    await update(view?.hash);
    expect((await refusal(update(view?.hash))).error).toBe('hash_conflict');
    await update();
    expect((await refusal(client.views.update({ view_id: 'V404', view: modal('x') }))).error).toBe('not_found');
  });
});

test('a form is filled in, refused, corrected and sent', async () => {
  const fake = await workspace();
  const app = await httpApp(fake);
  const heard: unknown[] = [];
  app.command('/new', async ({ ack, client, body }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: form });
  });
  app.options('pipe', async ({ ack, payload }) => {
    heard.push(['typed', payload.value]);
    await ack({ options: [{ text: plain('web → amplitude'), value: 'web' }] });
  });
  app.view('alert', async ({ ack, view }) => {
    heard.push(view.state.values);
    if (view.state.values.name?.v?.value === 'bad') await ack({ response_action: 'errors', errors: { name: 'Taken already.' } });
    else await ack();
  });
  app.view({ callback_id: 'alert', type: 'view_closed' }, async ({ ack }) => {
    heard.push('closed');
    await ack();
  });
  const ana = fake.user('U1');
  const open = async () => {
    await ana.command('C1', '/new');
    await until('the form', () => ana.modals.length === 1);
    return ana.modal;
  };
  const view = await open();

  await expect(ana.submit(view, { Name: 'x'.repeat(11), Level: 'High' })).rejects.toThrow(
    'Slack keeps the form open: Name: at most 10 characters',
  );
  await expect(ana.submit(view, { Name: 'a', Level: 'Low' })).rejects.toThrow('no option is called "Low"; there are: "High"');
  await expect(ana.submit(view, { Colour: 'a' })).rejects.toThrow(
    'no field is called "Colour"; there are: Name, Level, Pipeline',
  );
  expect(heard).toEqual([]);

  const { options } = await ana.options(view, 'Pipeline', 'we');
  expect(options?.map((option) => option.value)).toEqual(['web']);
  await ana.submit(view, { Name: 'bad', level: 'h', Pipeline: options?.[0] ?? null });
  expect(ana.modal.errors).toEqual({ name: 'Taken already.' });
  expect(describeView(ana.modal)).toContain('⚠ name: Taken already.');

  expect(await ana.submit(view, { Name: 'good' })).toMatchObject({ acked: true, ackBody: '' });
  expect(ana.modals).toEqual([]);
  expect(heard.slice(0, 3)).toEqual([
    ['typed', 'we'],
    {
      name: { v: { type: 'plain_text_input', value: 'bad' } },
      level: { v: { type: 'static_select', selected_option: { text: plain('High'), value: 'h' } } },
      pipe: { pipe: { type: 'external_select', selected_option: { text: plain('web → amplitude'), value: 'web' } } },
    },
    expect.objectContaining({ name: { v: { type: 'plain_text_input', value: 'good' } } }),
  ]);

  await ana.close(await open());
  expect(heard.at(-1)).toBe('closed');
  await expect(ana.submit(view)).rejects.toThrow('U1 does not have this view in front');
  expect(fake.problems).toEqual([]);
});

test('what Slack would drop from an ack is a problem', async () => {
  const fake = await workspace();
  const app = await httpApp(fake);
  app.command('/x', async ({ ack }) => ack());
  const acks: object[] = [
    { response_action: 'errors', errors: { nowhere: 'x' } },
    { response_action: 'update', view: modal('x'.repeat(25)) },
    { response_action: 'push', view: modal('Second') },
    { response_action: 'clear' },
  ];
  app.view('alert', async ({ ack }) => {
    await ack(acks.shift() as never);
  });
  const ana = fake.user('U1');
  await clientOf(fake).views.open({ trigger_id: await trigger(fake), view: form });
  await ana.submit(ana.modal, { Name: 'a', Level: 'High' });
  await ana.submit(ana.modal);
  expect(fake.problems).toEqual([
    'the ack of a view_submission names nowhere, which is no input block: Slack shows nothing',
    expect.stringContaining('must be less than 25 characters [json-pointer:/view/title/text]'),
  ]);
  const first = ana.modal;
  await ana.submit(first);
  expect(ana.modal.previousId).toBe(first.id);
  await ana.close(ana.modal);
  await ana.submit(first);
  expect(ana.modals).toEqual([]);
});

test('the home page is published, seen, pressed', async () => {
  const fake = await workspace();
  const app = await httpApp(fake);
  const hashes: string[] = [];
  app.event('app_home_opened', async ({ event, client }) => {
    const view = { type: 'home' as const, blocks: [mrkdwn('Welcome'), buttons(button('Refresh', 'refresh'))] };
    const done = await client.views.publish({ user_id: event.user, view: { ...view, blocks: loose(...view.blocks) } });
    hashes.push(done.view?.hash ?? '');
  });
  let pressed = '';
  app.action('refresh', async ({ ack, body }) => {
    await ack();
    pressed = JSON.stringify([
      body.type === 'block_actions' && body.container,
      body.type === 'block_actions' && body.response_url,
    ]);
  });
  const ana = fake.user('U1');
  await ana.openHome();
  await expect.poll(() => ana.home && describeView(ana.home)).toBe('Welcome\n[Refresh]');
  await ana.press(ana.home as never, 'Refresh');
  expect(pressed).toBe(`[{"type":"view","view_id":"${ana.home?.id}"},null]`);
  const publish = (hash: string) => clientOf(fake).views.publish({ user_id: 'U1', view: { type: 'home', blocks: [] }, hash });
  expect((await refusal(publish('old'))).error).toBe('invalid_arguments');
  expect(
    (await refusal(clientOf(fake).views.publish({ user_id: 'U1', view: { type: 'home', blocks: [mrkdwn('x')] }, hash: 'old' })))
      .error,
  ).toBe('hash_conflict');
});
