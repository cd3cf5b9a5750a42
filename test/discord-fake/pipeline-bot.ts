import type { Interaction as Incoming } from 'discord.js';
import type { FakeDiscordOptions } from '../support/discord/index.ts';
import { startBot } from './bot.ts';

export const pipeline = {
  name: 'pipeline',
  description: 'Looks after pipelines',
  options: [
    {
      type: 1,
      name: 'show',
      description: 'Shows one',
      options: [
        { type: 3, name: 'source', description: 'Which', required: true, autocomplete: true },
        { type: 4, name: 'hours', description: 'How long', min_value: 1, max_value: 48 },
        { type: 6, name: 'for', description: 'Whom' },
      ],
    },
  ],
};

/** A bot with one command, and `ana` to use it. */
export async function start(handle: (interaction: Incoming) => Promise<unknown>, options: FakeDiscordOptions = {}) {
  const bot = await startBot(options, handle);
  await bot.rest.put(`/applications/${bot.fake.applicationId}/commands`, { body: [pipeline] });
  const ana = bot.fake.user('ana');
  const ask = (doing = {}) => ana.command('ops', '/pipeline show', { source: 'web' }, doing);
  return { ...bot, ana, ask };
}
