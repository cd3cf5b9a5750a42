import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../commands/index.ts';
import { registerCommands } from '../../src/chat/discord/register.ts';
import { discordDesk } from '../contract/chat-desks.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { createFakeDiscord, describeMessage, type FakeDiscord } from '../support/discord/index.ts';
import { until } from '../support/wait.ts';
import { discordWire } from '../support/wire.ts';
import { AUDIT_NOW, backstage, largest } from './audit-stage.ts';
import { type AuditStage, auditStory } from './audit-story.ts';

/** The whole app with its demo beside a Discord that shares its clock. */
async function onDiscord(): Promise<AuditStage & { fake: FakeDiscord; close(): Promise<void> }> {
  let app: TestApp | undefined;
  const fake = await createFakeDiscord({
    now: () => Number(app?.clock.now() ?? new Date(AUDIT_NOW)),
    guilds: [{ name: 'Acme', members: [{ user: 'dana' }, { user: 'sam' }], channels: [{ name: 'ops' }] }],
  });
  const [dana, sam, ops] = [fake.user('dana').id, fake.user('sam').id, fake.channel('ops').id];
  const behind = await backstage({ owner: `discord:${dana}`, checkpoints: `discord:${ops}` });
  const discord = { token: fake.token, applicationId: fake.applicationId, publicKey: fake.publicKey, apiUrl: fake.apiUrl };
  await registerCommands({ config: discord, commands, guild: undefined });
  const started = await startApp({ now: AUDIT_NOW, demo: true, discord, ...behind.settings });
  app = started;
  const { url } = started.app;
  await until('Discord is connected', async () => (await (await fetch(`${url}/readyz`)).text()).includes('"discord":"ok"'));
  return {
    ...{ app: started, fake, behind, dana: `discord:${dana}` },
    desk: discordDesk(fake, 'ops', { dana: 'dana', sam: 'sam' }),
    wire: discordWire(fake, { [dana]: 'Dana', [sam]: 'Sam', [ops]: 'ops' }),
    async close() {
      await started.close();
      await fake.close();
      await behind.close();
    },
  };
}

const EPHEMERAL = 64;

describe(`the audit trail in Discord, on ${largest.name}`, () => {
  let stage: Awaited<ReturnType<typeof onDiscord>>;
  beforeAll(async () => {
    stage = await onDiscord();
  });
  afterAll(() => stage?.close());

  test('it is let into a server', async () => {
    const { fake } = stage;
    await until('the greeting', () => fake.seenBy('sam', 'ops').some((one) => /\/pipeline/.test(describeMessage(one))));
  });

  auditStory(() => stage);

  test('what was meant for one person went to one person, and no message may mention anyone', () => {
    const messages = (stage.wire?.all() ?? []).filter(({ body }) => 'components' in (body as object));
    for (const { body } of messages) expect(body).toMatchObject({ allowed_mentions: { parse: [] } });
    for (const { body } of messages.filter(({ to }) => to === 'POST /webhooks/:id/:token')) {
      expect((body as { flags: number }).flags & EPHEMERAL).toBe(EPHEMERAL);
    }
  });
});
