import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { slackDesk } from '../contract/chat-desks.ts';
import { startApp } from '../support/app.ts';
import { createFakeSlack } from '../support/slack/index.ts';
import { until } from '../support/wait.ts';
import { slackWire } from '../support/wire.ts';
import { AUDIT_NOW, backstage, largest } from './audit-stage.ts';
import { type AuditStage, auditStory } from './audit-story.ts';

const ids = { dana: 'U0DANA001', sam: 'U0SAM0001' };
const channel = 'C0OPS0001';

/** The whole app with its demo beside a Slack that shares its clock. */
async function onSlack(): Promise<AuditStage & { close(): Promise<void> }> {
  let now = () => Number(new Date(AUDIT_NOW));
  const fake = await createFakeSlack({
    now: () => now(),
    delivery: 'socket',
    users: Object.entries(ids).map(([name, id]) => ({ id, name, realName: name })),
    channels: [{ id: channel, name: 'ops', members: [...Object.values(ids), 'bot'] }],
    filePolls: 0,
  });
  const behind = await backstage({ owner: `slack:${ids.dana}`, checkpoints: `slack:${channel}` });
  const slack = {
    botToken: fake.botToken,
    appToken: fake.appToken,
    signingSecrets: [fake.signingSecret],
    apiUrl: fake.apiUrl,
    commandPrefix: '',
  };
  const app = await startApp({ now: AUDIT_NOW, demo: true, slack, ...behind.settings });
  now = () => Number(app.clock.now());
  await until('Slack is connected', async () => (await (await fetch(`${app.app.url}/readyz`)).text()).includes('"slack":"ok"'));
  return {
    ...{ app, behind, dana: `slack:${ids.dana}` },
    desk: slackDesk(fake, channel, ids),
    wire: slackWire(fake, { [ids.dana]: 'Dana', [ids.sam]: 'Sam', [channel]: 'ops' }),
    async close() {
      await app.close();
      await fake.close();
      await behind.close();
    },
  };
}

describe(`the audit trail in Slack, on ${largest.name}`, () => {
  let stage: Awaited<ReturnType<typeof onSlack>>;
  beforeAll(async () => {
    stage = await onSlack();
  });
  afterAll(() => stage?.close());

  auditStory(() => stage);

  test('what was meant for one person went to one person, and no link was unfolded', () => {
    for (const { to, body } of stage.wire?.all() ?? []) {
      if (to === 'response_url') expect(body).toMatchObject({ response_type: 'ephemeral', unfurl_links: false });
      if (to === 'chat.postMessage') expect(body).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
    }
  });
});
