import { expect, onTestFinished, test, vi } from 'vitest';
import { DANA, discordOf, OPS, slackOf } from '../roles/house.ts';
import { describeMessage } from '../support/discord/index.ts';
import { madeFolder, startProcess } from '../support/process.ts';
import { until } from '../support/wait.ts';

vi.setConfig({ testTimeout: 240_000 });

/** In a process of its own, since libraries of two platforms share more of one than they should. */
test('one process serves Slack and Discord, pictures included', async () => {
  const folder = madeFolder();
  onTestFinished(folder.remove);
  const { fake: slack } = await slackOf({ now: Date.now, delivery: 'socket' });
  const { fake: discord } = await discordOf(Date.now);
  const running = await startProcess({
    ...{ DATA_DIR: folder.path, DEMO: '1', LOG_LEVEL: 'silent' },
    ...{ SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_API_URL: slack.apiUrl },
    ...{ DISCORD_TOKEN: discord.token, DISCORD_APPLICATION_ID: discord.applicationId, DISCORD_API_URL: discord.apiUrl },
  });
  onTestFinished(() => running.kill());
  await Promise.all([slack.connected(), discord.connected()]);

  await slack.user(DANA).command(OPS, '/pipeline web amplitude');
  await until('Slack shows a picture', () =>
    slack.seenBy(DANA, OPS).some(({ blocks }) => blocks.some(({ type }) => type === 'image')),
  );
  const asked = await discord.user('dana').command('ops', '/pipeline show', { source: 'web', destination: 'amplitude' });
  const answer = await asked.answer();
  expect(describeMessage(answer)).toContain('Web shop → Amplitude');
  expect(answer.attachments).toHaveLength(1);
  expect([...slack.problems, ...discord.problems]).toEqual([]);
});
