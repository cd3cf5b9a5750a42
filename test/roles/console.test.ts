import { expect, onTestFinished, test } from 'vitest';
import { until } from '../support/wait.ts';
import { onSharedEngines, process } from './house.ts';

/** What an open page of the process is sent. */
async function page(url: string): Promise<{ heard(): string }> {
  const leave = new AbortController();
  onTestFinished(() => leave.abort());
  const { body } = await fetch(`${url}/console/events?channel=general`, { signal: leave.signal });
  const decoder = new TextDecoder();
  let heard = '';
  const reader = body?.getReader();
  const read = async (): Promise<void> => {
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) heard += decoder.decode(part.value);
  };
  read().catch(() => {});
  await until('the stream is open', () => heard !== '');
  return { heard: () => heard };
}

const say = (url: string, text: string) =>
  fetch(`${url}/c/general`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({ text }).toString(),
  });

onSharedEngines((open) => {
  test('what is said in the console of one process, and answered by a worker, is seen on the pages of another', async () => {
    const settings = await open();
    const [one, other] = [await process({ ...settings, role: 'web' }), await process({ ...settings, role: 'web' })];
    await process({ ...settings, role: 'worker' });
    const [here, there] = [await page(one.app.url), await page(other.app.url)];
    expect((await say(one.app.url, '/warden help')).status).toBe(200);
    for (const { heard } of [here, there]) {
      await until('the line is seen', () => heard().includes('/warden help'));
      await until('the answer is seen', () => /article class=\\"answer/.test(heard()) && heard().includes('/pipeline'));
    }
    // By itself, and not once more by what the others are told.
    expect(here.heard().match(/article class=\\"said/g)).toHaveLength(1);
  });
});
