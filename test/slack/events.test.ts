import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import type { Block } from '../../src/core/messages/message.ts';
import { overview } from '../console/samples.ts';
import { describeView } from '../support/slack/index.ts';
import { until } from '../support/wait.ts';
import { desk, first } from './desk.ts';

describe.each(['http', 'socket'] as const)('events by %s', (mode) => {
  test('tell when we come to a channel, and when we leave it', async () => {
    const at = await desk({ mode });
    await at.fake.user('U1').invite('bot', 'C2');
    await until('it is heard', () => at.listener.joins.length === 1);
    expect(at.listener.joins).toEqual([{ platform: 'slack', team: 'T0TEAM', channel: 'C2' }]);
    await at.fake.user('U1').invite('U3', 'C2');
    await at.fake.kick('C2');
    await at.fake.archive('C1');
    await until('both are heard', () => new Set(at.listener.leaves.map(({ channel }) => channel)).size === 2);
    expect(at.listener.leaves[0]).toMatchObject({
      platform: 'slack',
      team: 'T0TEAM',
      channel: 'C2',
      why: expect.stringContaining('/invite @pipewarden'),
    });
    expect(at.listener.joins).toHaveLength(1);
  });

  test('tell when the app is removed, and every start that the team lets us in', async () => {
    const at = await desk({ mode });
    expect(at.listener.returns).toEqual([{ platform: 'slack', team: 'T0TEAM' }]);
    await at.fake.uninstall();
    await until('it is heard', () => at.listener.leaves.length > 0);
    expect(at.listener.leaves[0]).toMatchObject({ platform: 'slack', team: 'T0TEAM' });
    expect(at.listener.leaves[0]?.channel).toBeUndefined();
    await expect(at.adapter.check()).rejects.toThrow('The app was removed');
  });

  test('show our page, its picture later, and answer its buttons in direct messages', async () => {
    const at = await desk({ mode });
    at.listener.onHome = async () => overview();
    const dana = at.fake.user('U1');
    await dana.openHome();
    await until('the page is there', () => JSON.stringify(dana.home?.blocks ?? '').includes('"image"'));
    await expect(`${describeView(dana.home as never)}\n`).toMatchFileSnapshot('../golden/slack/home.txt');
    at.listener.foreseen = 'reply';
    await dana.press(dana.home as never, 'Refresh');
    await until('it is heard', () => at.listener.presses.length === 1);
    const call = first(at.listener.presses);
    expect(call.place).toEqual({ platform: 'slack', team: 'T0TEAM', channel: '' });
    await at.answer(call, overview());
    expect(at.fake.seenBy('U1', dana.dm())).toHaveLength(1);
    expect(at.fake.problems).toEqual([]);
  });
});

test('an event that comes again is heard once', async () => {
  const at = await desk();
  const delivery = await at.fake.user('U1').invite('bot', 'C2');
  await at.fake.replay(delivery, { retry: { num: 1 } });
  await at.fake.user('U1').openHome();
  await until('the page is there', () => at.fake.user('U1').home !== undefined);
  expect(at.listener.joins).toHaveLength(1);
});

test('a page that may not be seen says why', async () => {
  const at = await desk();
  at.listener.onHome = async () => {
    throw new UserError('forbidden', 'Guests see nothing here.');
  };
  const guest = at.fake.user('U3');
  await guest.openHome();
  await until('the page is there', () => guest.home !== undefined);
  expect(describeView(guest.home as never)).toContain('Guests see nothing here.');
});

test('our page says what to type with the prefix of this workspace, also once its picture is there', async () => {
  const at = await desk({ prefix: 'cdp-' });
  const what: Block[] = [{ kind: 'text', text: ['Type ', { code: '/audit show 1' }, ' or ', { code: '/invite' }] }];
  at.listener.onHome = async () => ({ ...overview(), blocks: [...what, ...overview().blocks] });
  const dana = at.fake.user('U1');
  const door = at.fake.hold('files.info');
  await dana.openHome();
  for (const pictured of [false, true]) {
    await until('the page is there', () => dana.home?.blocks.some(({ type }) => type === 'image') === pictured);
    expect(describeView(dana.home as never)).toContain('Type `/cdp-audit show 1` or `/invite`');
    door.release();
  }
  expect(at.fake.problems).toEqual([]);
});

test('events of another workspace are not ours', async () => {
  const at = await desk();
  await at.fake.event({ type: 'app_uninstalled' }, { team_id: 'T9' });
  await at.fake.user('U1').openHome();
  await until('the page is there', () => at.fake.user('U1').home !== undefined);
  expect(at.listener.leaves).toEqual([]);
});
