import { get } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../support/wait.ts';
import { onSharedEngines, process } from './house.ts';

/** What an open page of the process is sent. */
async function page(url: string): Promise<{ heard(): string }> {
  let heard = '';
  const stream = get(`${url}/console/events?channel=general`, (response) => {
    response.setEncoding('utf8').on('data', (text) => {
      heard += text;
    });
  });
  stream.on('error', () => {});
  onTestFinished(() => void stream.destroy());
  await until('the stream is open', () => heard !== '');
  return { heard: () => heard };
}

async function say(url: string, text: string): Promise<unknown> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  const body = new URLSearchParams({ text }).toString();
  return (await fetch(`${url}/c/general`, { method: 'POST', headers, body })).json();
}

onSharedEngines((open) => {
  test('what is said in the console of one process, and answered by a worker, is seen on the pages of another', async () => {
    const settings = await open();
    const [one, other] = [await process({ ...settings, role: 'web' }), await process({ ...settings, role: 'web' })];
    await process({ ...settings, role: 'worker' });
    const [here, there] = [await page(one.app.url), await page(other.app.url)];
    expect(await say(one.app.url, '/warden help')).toEqual({});
    for (const { heard } of [here, there]) {
      await until('the line is seen', () => heard().includes('/warden help'));
      await until('the answer is seen', () => /article class=\\"answer/.test(heard()) && heard().includes('/pipeline'));
    }
    // By itself, and not once more by what the others are told.
    expect(here.heard().match(/article class=\\"said/g)).toHaveLength(1);
  });
});
