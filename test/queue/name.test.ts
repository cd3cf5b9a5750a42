import { expect, test } from 'vitest';
import { queueName } from '../../src/queue/index.ts';

const at = (host: string, database: string, password = 'secret') =>
  queueName(`postgresql://pipewarden:${password}@${host}/${database}`);

test('installations that share a Redis have a queue each', () => {
  expect(new Set([at('one', 'staging'), at('one', 'live'), at('two', 'live'), queueName(undefined)]).size).toBe(4);
});

test('the processes of one installation have the same, its password changed or not, and it tells nothing', () => {
  expect(at('one', 'live', 'changed')).toBe(at('one', 'live'));
  expect(at('one', 'live')).toMatch(/^pipewarden-[0-9a-f]{12}$/);
});
