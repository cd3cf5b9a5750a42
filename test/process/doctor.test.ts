import { afterEach, expect, test } from 'vitest';
import { createFakeDiscord } from '../support/discord/index.ts';
import { emptyFolder, runToEnd } from '../support/process.ts';
import { createFakeSlack } from '../support/slack/index.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function doctor(more: Record<string, string> = {}) {
  const folder = emptyFolder();
  const slack = await createFakeSlack({ delivery: 'socket' });
  const discord = await createFakeDiscord();
  cleanUps.push(
    folder.remove,
    () => slack.close(),
    () => discord.close(),
  );
  const env = {
    DATA_DIR: folder.path,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    DISCORD_TOKEN: discord.token,
    DISCORD_APPLICATION_ID: discord.applicationId,
    DISCORD_API_URL: discord.apiUrl,
    ...more,
  };
  return { ...(await runToEnd(env, ['doctor'])), discord };
}

test('tells what works, the scopes there are, and the link that invites the bot', async () => {
  const { code, output, discord } = await doctor({
    SEGMENT_WEBHOOK_SECRET: 'between-us-two',
    PUBLIC_URL: 'https://warden.acme.example/',
  });
  expect(output).toContain('✓ Segment: its Webhooks destination has to call https://warden.acme.example/webhooks/segment');
  expect(output).not.toContain('between-us');
  expect(output).toMatch(/✓ data folder: .* can be written/);
  expect(output).toMatch(/✓ Slack: .* Socket Mode, scopes .*chat:write/);
  expect(output).toContain(`client_id=${discord.applicationId}&scope=bot+applications.commands&permissions=309237763072`);
  expect(code).toBe(0);
});

test('names every part that does not work, what to do, and no secret', async () => {
  const { code, output } = await doctor({
    SLACK_BOT_TOKEN: 'xoxb-not-this-one',
    DISCORD_TOKEN: 'not.this.token.either',
    REDIS_URL: 'redis://127.0.0.1:1',
    DATABASE_URL: 'postgres://postgres:hush@127.0.0.1:1/none',
    SECRET_KEY: Buffer.alloc(32, 1).toString('base64'),
    SEGMENT_WEBHOOK_SECRET: 'between-us-two',
  });
  expect(output).toMatch(/✗ Segment: set PUBLIC_URL/);
  expect(output).toMatch(/✗ Slack: SLACK_BOT_TOKEN is refused \(invalid_auth\): install the app again/);
  expect(output).toMatch(/✗ Discord: DISCORD_TOKEN is refused: reset it/);
  expect(output).toMatch(/✗ Redis: /);
  expect(output).toMatch(/✗ PostgreSQL: /);
  expect(output).not.toMatch(/hush|not-this-one|not\.this\.token/);
  expect(code).toBe(1);
});
