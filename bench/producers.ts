import { Agent, request } from 'node:http';
import { type Step, stepFacts } from '../src/core/delivery/steps.ts';
import { MINUTE, plus } from '../src/core/delivery/time.ts';
import type { Server } from './server.ts';

const PIPELINES = 25;
const NAMES = 20;
/** Each report is of the next of these, then the first again: as of senders that report every 15 s. */
const MINUTES = 5;
const reported: Step[] = [
  'successfully_received',
  'failed_on_ingest',
  'filtered_at_source',
  'filtered_at_destination',
  'failed_delivery',
  'successful_delivery',
];
export const BATCH = PIPELINES * reported.length * NAMES;

/** What one producer reports, as JSON text of counts; one text a minute. */
export function reportsOf(producer: number, now: Date): string[] {
  return Array.from({ length: MINUTES }, (_, minute) => {
    const time = plus(now, minute * MINUTE).toISOString();
    return JSON.stringify(
      Array.from({ length: BATCH }, (_, i) => {
        const step = reported[Math.floor(i / NAMES) % reported.length] as Step;
        const pipeline = `${producer}-${Math.floor(i / NAMES / reported.length)}`;
        return {
          time,
          source: `source-${pipeline}`,
          ...(stepFacts[step].at === 'source' ? {} : { destination: `destination-${pipeline}` }),
          step,
          eventType: 'track',
          eventName: `Event Number ${i % NAMES}`,
          appVersion: '4.12.0',
          ...(stepFacts[step].role === 'discard' ? { reason: 'no_matching_mapping' } : {}),
          count: 1 + (i % 1_000),
        };
      }),
    );
  });
}

let batches = 0;

/** Every producer sends a report as soon as its last is committed; they report a minute together, as clocks have it. Counts committed a second. */
export async function pushed(server: Server, producers: readonly string[][], ms: number): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const start = performance.now();
  let turn = 0;
  await Promise.all(
    producers.map(async (reports) => {
      while (performance.now() - start < ms) {
        const minute = Math.floor(turn++ / producers.length) % reports.length;
        await post(agent, server, '/v1/delivery', `{"batchId":"${batches++}","counts":${reports[minute]}}`);
      }
    }),
  );
  agent.destroy();
  return ((turn * BATCH) / (performance.now() - start)) * 1000;
}

export function post(agent: Agent, { url, token }: Server, path: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = request(`${url}${path}`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        response.statusCode === 202 ? resolve() : reject(new Error(`Answered ${response.statusCode}: ${text.slice(0, 300)}`)),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
