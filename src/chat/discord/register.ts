import { Routes } from 'discord.js';
import type { CommandFacts } from '../../core/commands/command.ts';
import { createApi } from './api.ts';
import { type Difference, definitionsOf, differenceOf, isSame } from './definitions.ts';
import { sendError } from './errors.ts';

export interface Registration {
  config: { token: string; applicationId: string; apiUrl?: string | undefined };
  commands: readonly CommandFacts[];
  /** One server, at once; without it everywhere. */
  guild?: string | undefined;
}

/** Tells Discord of the commands, in one request, and only when it knows others. */
export async function registerCommands({ config, commands, guild }: Registration): Promise<Difference> {
  const wanted = definitionsOf(commands);
  const { applicationId } = config;
  const route =
    guild === undefined ? Routes.applicationCommands(applicationId) : Routes.applicationGuildCommands(applicationId, guild);
  const api = createApi(config);
  try {
    const difference = differenceOf(await api.get<unknown[]>(route), wanted);
    if (!isSame(difference)) await api.put(route, { body: wanted });
    return difference;
  } catch (error) {
    throw sendError(
      error,
      () => 'Discord does not let this bot register commands there. Invite it with the scope applications.commands.',
    );
  } finally {
    api.close();
  }
}
