import { describe, expect, test } from 'vitest';
import { commands } from '../../commands/index.ts';
import type { Args, Verb } from '../../src/core/commands/command.ts';
import type { Use } from '../../src/flows/index.ts';
import { refusal } from './samples.ts';

const verb = commands[0]?.verbs.show as Verb<Use>;
const press = (action: string, args: Args, choice = '', choices: string[] = []) => verb.actions[action]?.(args, choice, choices);
const one = { source: 'web', destination: 'amplitude' };
const own = '2026-11-20..2026-11-22';
const pipelines = [
  '{"workspace":"main","source":"src_web","destination":"dst_amp"}',
  '{"workspace":"demo","source":"s","destination":"d"}',
];
const deep = {
  ...one,
  period: '7d',
  mapping: 'map_1',
  show: 'counts',
  step: 'failed_delivery',
  reason: '429',
  by: 'version',
  page: '2',
};

describe('a button or select of /pipeline', () => {
  test.each<[what: string, action: string, args: Args, choice: string, choices: string[], after: Args]>([
    ['a period', 'period', one, '7d', [], { ...one, period: '7d' }],
    ['a period of one’s own', 'period', { ...one, period: '1h' }, own, [], { ...one, period: own }],
    ['a period where one stood for the source', 'period', { source: '1h' }, '7d', [], { period: '7d' }],
    [
      'a period where one stood for the destination',
      'period',
      { source: 'web', destination: own },
      '7d',
      [],
      { source: 'web', period: '7d' },
    ],
    ['a period on page 3', 'period', { ...one, page: '2' }, '1h', [], { ...one, period: '1h' }],
    ['counts', 'metric', one, 'counts', [], { ...one, show: 'counts' }],
    ['refresh', 'refresh', deep, '', [], deep],
    ['all pipelines', 'all', deep, '', [], { period: '7d' }],
    ['all pipelines, without a period', 'all', one, '', [], {}],
    ['all pipelines, the period typed for a name', 'all', { source: 'web', destination: '1h' }, '', [], { period: '1h' }],
    ['open', 'open', { period: '1h' }, '1', pipelines, { period: '1h', workspace: 'demo', source: 's', destination: 'd' }],
    [
      'open, the period typed for a name',
      'open',
      { source: own },
      '0',
      pipelines,
      { period: own, workspace: 'main', source: 'src_web', destination: 'dst_amp' },
    ],
    ['a mapping', 'mapping', one, '1', ['map_1', 'map_2'], { ...one, mapping: 'map_2' }],
    ['all mappings', 'mapping', { ...one, mapping: 'map_2', audience: 'vip' }, 'all', ['map_1'], { ...one, audience: 'vip' }],
    ['an audience', 'audience', { ...one, mapping: 'map_2' }, '0', ['vip'], { ...one, mapping: 'map_2', audience: 'vip' }],
    ['all audiences', 'audience', { ...one, audience: 'vip' }, 'all', [], one],
    [
      'a step',
      'step',
      { ...one, mapping: 'map_1' },
      'failed_delivery',
      [],
      { ...one, mapping: 'map_1', step: 'failed_delivery' },
    ],
    [
      'another step: pages, reasons and runs are left',
      'step',
      { ...deep, sync: 'run_1' },
      'failed_on_ingest',
      [],
      { ...one, period: '7d', mapping: 'map_1', show: 'counts', step: 'failed_on_ingest' },
    ],
    [
      'rows by version',
      'by',
      { ...one, step: 'failed_delivery', page: '2' },
      'version',
      [],
      { ...one, step: 'failed_delivery', by: 'version' },
    ],
    [
      'a reason',
      'reason',
      { ...one, step: 'failed_delivery', by: 'reason', page: '1' },
      '1',
      ['429', '404'],
      { ...one, step: 'failed_delivery', reason: '404' },
    ],
    [
      'no reason given',
      'reason',
      { ...one, step: 'failed_delivery' },
      '0',
      [''],
      { ...one, step: 'failed_delivery', reason: '' },
    ],
    [
      'a run',
      'sync',
      { ...one, step: 'failed_to_sync', page: '1' },
      '0',
      ['run_1'],
      { ...one, step: 'failed_to_sync', page: '1', sync: 'run_1' },
    ],
    [
      'the next page',
      'page',
      { ...one, step: 'failed_delivery', by: 'name' },
      '1',
      [],
      { ...one, step: 'failed_delivery', by: 'name', page: '1' },
    ],
    ['back', 'back', { ...deep, sync: 'run_1' }, '', [], { ...one, period: '7d', mapping: 'map_1', show: 'counts' }],
  ])('%s', (_, action, args, choice, choices, after) => {
    const given = structuredClone(args);
    expect(press(action, args, choice, choices)).toEqual(after);
    expect(args).toEqual(given);
  });

  test.each(['open', 'mapping', 'audience', 'reason', 'sync'])(
    '%s that is not in the list is refused with what to do',
    (action) => {
      for (const choice of ['2', '-1', '', ' ', '0x0', '1e0', '1.5', '__proto__', 'length', '99999999999999999999']) {
        expect(refusal(() => press(action, one, choice, pipelines))).toMatchObject({
          code: 'bad_argument',
          message: 'This choice is not in the list any more. Press Refresh first.',
        });
      }
    },
  );
});
