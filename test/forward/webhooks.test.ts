import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WebhookOutcome, Webhooks } from '../../src/core/ports/webhooks.ts';
import { createWebhooks } from '../../src/hooks/webhooks.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { until } from '../support/wait.ts';
import { testCertificate } from './certificate.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

describe('the sender', () => {
  let clock: FakeClock;
  let siem: Receiver;
  beforeEach(async () => {
    clock = fakeClock('2026-11-25T10:00:00Z');
    siem = await receiver();
  });

  async function receiver(options: Parameters<typeof startReceiver>[0] = {}): Promise<Receiver> {
    const started = await startReceiver(options);
    closers.push(() => started.close());
    return started;
  }
  function sender(options: Partial<Parameters<typeof createWebhooks>[0]> = {}): Webhooks {
    const webhooks = createWebhooks({ clock, ...options });
    closers.push(() => webhooks.stop());
    return webhooks;
  }
  const post = (webhooks: Webhooks, url = siem.url, allowPrivate = true): Promise<WebhookOutcome> =>
    webhooks.post({ url, allowPrivate, headers: { 'webhook-id': 'x' }, body: '{}' });
  const why = (outcome: WebhookOutcome) => (outcome.kind === 'unanswered' ? outcome.why : outcome);

  test('posts, and tells the status and when to come again', async () => {
    siem.answer = { status: 503, headers: { 'retry-after': '7' } };
    expect(await post(sender())).toEqual({ kind: 'answered', status: 503, retryAfter: '7' });
    expect(siem.received[0]).toMatchObject({ body: '{}', headers: { 'content-length': '2', 'webhook-id': 'x' } });
  });

  test('connects to the address that was looked at, and asks nobody a second time', async () => {
    let asked = 0;
    const resolve = async () => {
      asked++;
      return [{ address: '127.0.0.1', family: 4 }];
    };
    const outcome = await post(sender({ resolve }), `http://siem.example:${siem.port}/`);
    expect(outcome).toMatchObject({ status: 204 });
    expect(asked).toBe(1);
    expect(siem.received[0]?.headers.host).toBe(`siem.example:${siem.port}`);
  });

  test('does not call a name that leads to a private address by the time it is called', async () => {
    const answers = ['93.184.216.34', '127.0.0.1', '10.0.0.1', '::ffff:127.0.0.1'].map((address) => [{ address, family: 4 }]);
    const resolve = async () => answers.shift() ?? [];
    const webhooks = sender({ resolve });
    expect(await webhooks.refusal({ url: 'https://siem.example/', allowPrivate: false })).toBeUndefined();
    for (const led of ['127.0.0.1 (loopback)', '10.0.0.1 (private)', '::ffff:127.0.0.1 (private, mapped']) {
      expect(why(await post(webhooks, 'https://siem.example/', false))).toContain(`siem.example leads to ${led}`);
    }
    expect(why(await post(webhooks, 'https://siem.example/', false))).toBe('siem.example has no address.');
  });

  test.each([
    'http://127.0.0.1/',
    'https://127.0.0.1/',
    'https://[::ffff:7f00:1]/',
    'https://2130706433/',
    'https://u:p@siem.example/',
  ])('does not call %s without leave', async (url) => {
    expect(why(await post(sender(), url.replace('127.0.0.1/', `127.0.0.1:${siem.port}/`), false))).toMatch(
      /allow_private|no name or/,
    );
    expect(siem.connections).toBe(0);
  });

  test('never uses a connection to a private address for a forward that may not have one', async () => {
    const tls = await receiver({ tls: true });
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const webhooks = sender({ ca: testCertificate.cert, resolve });
    expect(await post(webhooks, `https://siem.example:${tls.port}/`)).toMatchObject({ status: 204 });
    expect(why(await post(webhooks, 'https://siem.example/', false))).toContain('(loopback)');
    expect(tls.received).toHaveLength(1);
  });

  test('follows no redirect', async () => {
    const other = await receiver();
    siem.answer = { status: 307, headers: { location: other.url } };
    expect(await post(sender())).toEqual({ kind: 'answered', status: 307 });
    expect(other.connections).toBe(0);
  });

  test('asks no proxy', async () => {
    const proxy = await receiver();
    const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'all_proxy'];
    for (const name of names) process.env[name] = `http://127.0.0.1:${proxy.port}`;
    closers.push(() => {
      for (const name of names) delete process.env[name];
    });
    expect(await post(sender())).toMatchObject({ status: 204 });
    expect(proxy.connections).toBe(0);
  });

  test('trusts no certificate that nobody vouches for', async () => {
    const tls = await receiver({ tls: true });
    expect(why(await post(sender(), tls.url))).toContain('cannot be trusted (DEPTH_ZERO_SELF_SIGNED_CERT)');
    expect(await post(sender({ ca: testCertificate.cert }), tls.url)).toMatchObject({ status: 204 });
    expect(tls.received).toHaveLength(1);
  });

  test('waits 15 s and not longer', async () => {
    siem.answer = { by() {} };
    const answer = post(sender());
    await until('it is asked', () => siem.received.length === 1);
    clock.advance(14_999);
    clock.advance(1);
    expect(why(await answer)).toBe(`127.0.0.1:${siem.port} did not answer within 15 s.`);
  });

  test('waits 15 s for a name server too', async () => {
    const answer = post(sender({ resolve: () => new Promise(() => {}) }), 'https://siem.example/', false);
    await clock.nextTimer();
    clock.advance(15_000);
    expect(why(await answer)).toBe('siem.example did not answer within 15 s.');
  });

  test('takes the status of an answer that does not end, or is far too long', async () => {
    siem.answer = {
      by(response) {
        response.writeHead(200).write('x');
      },
    };
    const slow = post(sender());
    await until('it is asked', () => siem.received.length === 1);
    const webhooks = sender();
    let written = 0;
    siem.answer = {
      by(response) {
        response.writeHead(200);
        const more = () => {
          for (; written < 1_000 && !response.destroyed; written++) if (!response.write('x'.repeat(64 * 1024))) break;
        };
        response.on('drain', more);
        more();
      },
    };
    expect(await post(webhooks)).toEqual({ kind: 'answered', status: 200 });
    expect(written).toBeLessThan(900);
    clock.advance(15_000);
    expect(await slow).toMatchObject({ status: 200 });
  });

  test('says what is wrong in a sentence', async () => {
    const url = siem.url;
    siem.answer = {
      by(response) {
        response.destroy();
      },
    };
    expect(why(await post(sender()))).toBe(`127.0.0.1:${siem.port} closed the connection without an answer.`);
    siem.answer = {
      by(response) {
        response.socket?.end('SSH-2.0\r\n');
      },
    };
    expect(why(await post(sender()))).toMatch(/does not answer in HTTP \(HPE_/);
    await siem.close();
    expect(why(await post(sender(), url))).toBe(`127.0.0.1:${siem.port} refuses the connection.`);
    expect(why(await post(sender(), 'https://nobody.invalid/', false))).toMatch(
      /^The name server has no address of nobody.invalid/,
    );
  });

  test('says nothing of the receiver when it closed a kept connection meanwhile', async () => {
    const webhooks = sender();
    expect(await post(webhooks)).toMatchObject({ status: 204 });
    // The receiver answers and hangs up in one: the next request may still take that connection.
    siem.answer = {
      by(response) {
        siem.answer = 204;
        response.socket?.destroy();
      },
    };
    expect(await post(webhooks)).toMatchObject({ status: 204 });
    expect(siem.received).toHaveLength(3);
    expect(siem.connections).toBe(2);
  });

  test('breaks off at the end, and sends nothing more', async () => {
    siem.answer = { by() {} };
    const webhooks = sender();
    const answer = post(webhooks);
    await until('it is asked', () => siem.received.length === 1);
    webhooks.stop();
    expect(await answer).toEqual({ kind: 'stopped' });
    expect(await post(webhooks)).toEqual({ kind: 'stopped' });
    expect(siem.received).toHaveLength(1);
  });
});
