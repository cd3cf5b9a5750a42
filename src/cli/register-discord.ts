import { commands } from '../../commands/index.ts';
import { inviteUrl, isSame } from '../chat/discord/definitions.ts';
import { registerCommands } from '../chat/discord/register.ts';
import { readConfig } from '../config/env.ts';

/** `pipewarden register-discord [--guild ID]`: tells Discord which commands there are, where it knows others. */
export async function registerDiscord(args: readonly string[]): Promise<void> {
  const guild = guildIn(args);
  const { discord } = readConfig(process.env);
  if (!discord) throw new Error('Set DISCORD_TOKEN and DISCORD_APPLICATION_ID first; docs/discord.md says where they are.');
  const difference = await registerCommands({ config: discord, commands, guild });
  const where = guild === undefined ? 'everywhere' : `in the server ${guild}`;
  if (isSame(difference)) console.log(`Nothing to do: Discord knows these commands ${where}.`);
  for (const [what, names] of Object.entries(difference)) {
    if (names.length > 0) console.log(`${what} ${where}: ${names.map((name: string) => `/${name}`).join(', ')}`);
  }
  if (guild !== undefined) console.log('Commands registered everywhere as well are listed twice in that server.');
  console.log(`Invite the bot into a server: ${inviteUrl(discord.applicationId)}`);
}

function guildIn(args: readonly string[]): string | undefined {
  if (args.length === 0) return undefined;
  const [flag, id, ...others] = args;
  if (flag !== '--guild' || !id || !/^\d{17,20}$/.test(id) || others.length > 0) {
    throw new Error('Say pipewarden register-discord, or pipewarden register-discord --guild ID with the id of a server.');
  }
  return id;
}
