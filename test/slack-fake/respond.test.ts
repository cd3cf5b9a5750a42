import { describe, expect, test } from 'vitest';
import type { FakeSlack } from '../support/slack/index.ts';
import { button, buttons, clientOf, mrkdwn, workspace } from './fixture.ts';

async function post(url: string | undefined, body: object): Promise<[number, unknown]> {
  const answer = await fetch(url ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return [answer.status, await answer.json()];
}

const card = { text: 'card', blocks: [mrkdwn('card'), buttons(button('Go', 'go'))] };
const urlOf = async (fake: FakeSlack) => (await fake.user('U1').command('C1', '/x')).responseUrl;
const texts = (fake: FakeSlack, user: string) => fake.seenBy(user, 'C1').map(({ text }) => text);

describe('a response_url', () => {
  test('of a command posts to the asker, or to all, five times', async () => {
    const fake = await workspace();
    const url = await urlOf(fake);
    expect(await post(url, { text: 'one' })).toEqual([200, { ok: true }]);
    await post(url, { text: 'two', response_type: 'in_channel' });
    expect([texts(fake, 'U1'), texts(fake, 'U2')]).toEqual([['one', 'two'], ['two']]);
    for (const text of ['three', 'four', 'five']) await post(url, { text });
    expect(await post(url, { text: 'six' })).toEqual([404, { ok: false, error: 'used_url' }]);
  });

  test('ends after half an hour', async () => {
    let now = Date.now();
    const fake = await workspace({ now: () => now });
    const url = await urlOf(fake);
    now += 30 * 60_000 + 1;
    expect(await post(url, { text: 'late' })).toEqual([404, { ok: false, error: 'expired_url' }]);
  });

  test('of a command changes nothing that it posted: Slack posts once more, and it is a problem', async () => {
    const fake = await workspace();
    const url = await urlOf(fake);
    await post(url, { text: 'wait' });
    await post(url, { ...card, replace_original: true });
    expect(texts(fake, 'U1')).toEqual(['wait', 'card']);
    expect(fake.problems).toEqual(['response_url: replace_original after a command replaces nothing']);
    expect(await post(url, { delete_original: true })).toEqual([404, { ok: false, error: 'message_not_found' }]);
  });

  test('of a press means the message that was pressed', async () => {
    const fake = await workspace();
    const { ts = '' } = await clientOf(fake).chat.postMessage({ channel: 'C1', ...card });
    const message = fake.message('C1', ts);
    if (!message) throw new Error('no message');
    const { responseUrl: url } = await fake.user('U2').press(message, 'go');
    await post(url, { text: 'just you' });
    await post(url, { text: 'in thread', thread_ts: ts });
    await post(url, { text: 'done', replace_original: true });
    expect([texts(fake, 'U1'), texts(fake, 'U2')]).toEqual([['done'], ['done', 'just you', 'in thread']]);
    await post(url, { delete_original: true });
    expect(texts(fake, 'U1')).toEqual([]);
    expect(await post(url, { text: 'again', replace_original: true })).toEqual([404, { ok: false, error: 'message_not_found' }]);
  });

  test('refuses what cannot be shown, and that costs nothing', async () => {
    const fake = await workspace();
    const url = await urlOf(fake);
    const [status, answer] = await post(url, { text: 'x', blocks: [mrkdwn('')] });
    expect([status, (answer as { error: string }).error]).toEqual([400, 'invalid_blocks']);
    expect(await post(url, {})).toEqual([400, { ok: false, error: 'no_text' }]);
    expect(fake.problems).toHaveLength(2);
  });
});
