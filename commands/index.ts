import type { Command } from '../src/core/commands/command.ts';
import type { Use } from '../src/flows/index.ts';
import { audit } from './audit.ts';
import { pipeline } from './pipeline.ts';
import { warden } from './warden.ts';

/** Every slash command, in the order in which help lists them. */
export const commands: readonly Command<Use>[] = [pipeline, audit, warden(() => commands)];
