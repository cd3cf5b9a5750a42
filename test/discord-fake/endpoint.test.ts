import { verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { FakeDiscord, Json } from '../support/discord/index.ts';
import { restOf, startFake } from './bot.ts';
import { plain } from './parts.ts';

/** An endpoint as an application has it: checks the signature, answers PING, and commands with `answer`. */
async function startEndpoint(fake: FakeDiscord, answer: (payload: Json) => Json | undefined): Promise<string> {
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(fake.publicKey, 'hex')]);
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    const signed = Buffer.concat([Buffer.from(String(request.headers['x-signature-timestamp'])), raw]);
    const signature = Buffer.from(String(request.headers['x-signature-ed25519']), 'hex');
    if (!verify(null, signed, { key: spki, format: 'der', type: 'spki' }, signature)) return response.writeHead(401).end();
    const payload = JSON.parse(raw.toString()) as Json;
    const said = payload.type === 1 ? { type: 1 } : answer(payload);
    if (!said) return response.writeHead(202).end();
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(said));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/interactions`;
}

test('PING is answered; a bad, a missing and a foreign signature are refused', async () => {
  const fake = await startFake();
  fake.interactionsUrl = await startEndpoint(fake, () => undefined);
  expect(await fake.ping()).toEqual({ status: 200, contentType: 'application/json', body: { type: 1 } });
  expect((await fake.ping({ badSignature: true })).status).toBe(401);
  expect((await fake.ping({ unsigned: true })).status).toBe(401);
  expect((await fake.ping({ tamper: (raw) => raw.replace('ping', 'pong') })).status).toBe(401);
});

test('a command goes by HTTP and is answered in the same breath', async () => {
  const fake = await startFake();
  fake.interactionsUrl = await startEndpoint(fake, () => ({ type: 4, data: plain('pong') }));
  await restOf(fake).put(`/applications/${fake.applicationId}/commands`, { body: [{ name: 'ping', description: 'Says pong' }] });
  const done = await fake.user('ana').command('ops', '/ping');
  expect(done).toMatchObject({ acked: true, callbackType: 4, status: 200 });
  expect((await done.answer()).content).toBe('pong');
  expect(fake.problems).toEqual([]);
});

test('a wrong answer is refused like a wrong callback', async () => {
  const fake = await startFake();
  fake.interactionsUrl = await startEndpoint(fake, () => ({ type: 4, data: { content: 'pong' } }));
  await restOf(fake).put(`/applications/${fake.applicationId}/commands`, { body: [{ name: 'ping', description: 'Says pong' }] });
  expect(await fake.user('ana').command('ops', '/ping')).toMatchObject({ acked: false, error: '50035' });
});
