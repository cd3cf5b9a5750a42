import {
  type AutocompleteInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Client,
  Events,
  type Interaction,
  type StringSelectMenuInteraction,
} from 'discord.js';
import { Background } from '../../core/background.ts';
import type { CommandFacts } from '../../core/commands/command.ts';
import { lineFrom } from '../../core/commands/line.ts';
import { quoted } from '../../core/delivery/directory.ts';
import { UserError } from '../../core/errors.ts';
import type { Action } from '../../core/messages/action-id.ts';
import type { Place } from '../../core/messages/place.ts';
import type { ChatListener, Suggestion } from '../../core/ports/chat.ts';
import type { Log } from '../../core/ports/log.ts';
import { Recent } from '../../core/recent.ts';
import { accountOf, callOf, isMine } from './caller.ts';
import type { Desk } from './desk.ts';
import type { Forms } from './forms.ts';
import { readId } from './ids.ts';
import { LIMITS } from './limits.ts';
import { type Reply, sealReply } from './reply.ts';
import { label } from './text.ts';

export interface ReceiverOptions {
  commands: readonly CommandFacts[];
  listener: ChatListener;
  desk: Desk;
  forms: Forms;
  log: Log;
}

type Press = ButtonInteraction | StringSelectMenuInteraction;

/** What people do, told to the listener; each within Discord's three seconds. */
export class Receiver {
  readonly #options: ReceiverOptions;
  /** What Discord sends again after a reconnection is done once. */
  readonly #seen = new Recent<string, true>(2_000);
  readonly #background: Background;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#background = new Background((error) => {
      options.log.error({ error: String((error as Error)?.stack ?? error) }, 'an interaction failed');
    });
  }

  listen(client: Client): void {
    client.on(Events.InteractionCreate, (interaction) => {
      if (this.#seen.has(interaction.id)) return;
      this.#seen.set(interaction.id, true);
      this.#background.run(() => this.#receive(interaction));
    });
  }

  /** Resolves when what people asked for is done. */
  idle(): Promise<void> {
    return this.#background.idle();
  }

  async #receive(interaction: Interaction): Promise<void> {
    if (interaction.isAutocomplete()) return this.#complete(interaction);
    if (interaction.isChatInputCommand()) return this.#command(interaction);
    if (interaction.isButton() || interaction.isStringSelectMenu()) return this.#press(interaction);
    if (!interaction.isModalSubmit()) return undefined;
    const { action, mark } = readId(interaction.customId);
    const { desk, forms, listener } = this.#options;
    return action ? forms.submit(listener, interaction, action, mark) : desk.refuse(interaction, ended());
  }

  async #command(interaction: ChatInputCommandInteraction): Promise<void> {
    const { desk, listener } = this.#options;
    const reply = await desk.acknowledge(interaction, 'answer');
    if (!reply) return;
    await desk.answered(reply, async () => {
      const text = this.#lineOf(interaction.commandName, interaction.options.getSubcommand(), givenIn(interaction));
      const { caller, place } = await callOf({ interaction });
      await listener.command({ caller, place: this.#with(reply, { ...place, person: caller.account }), text });
    });
  }

  async #press(interaction: Press): Promise<void> {
    const { desk, forms, listener } = this.#options;
    const at = { interaction, message: interaction.message };
    const { action: pressed, mark } = readId(interaction.customId);
    const choice = interaction.isStringSelectMenu() ? interaction.values[0] : undefined;
    if (!pressed) return desk.refuse(interaction, ended());
    const action: Action = choice === undefined ? pressed : { ...pressed, choice };
    const person = isMine(at) ? { person: accountOf(interaction) } : {};
    const here = { platform: 'discord', team: interaction.guildId ?? '', channel: interaction.channelId, ...person };
    const foreseen = listener.foresee(action, here);
    if (foreseen === 'form') return forms.open(listener, interaction, action, mark);
    const reply = await desk.acknowledge(interaction, foreseen === 'update' ? 'card' : 'answer');
    if (!reply) return undefined;
    return desk.answered(reply, async () => {
      const { caller, place } = await callOf(at);
      await listener.press({ caller, place: this.#with(reply, place), action });
    });
  }

  /** The option being typed stands last, unfinished, as it would on a line. */
  async #complete(interaction: AutocompleteInteraction): Promise<void> {
    const { listener, log } = this.#options;
    try {
      const { name, value } = interaction.options.getFocused(true);
      const verb = interaction.options.getSubcommand();
      const { [name]: _, ...others } = givenIn(interaction);
      const kind = this.#facts(interaction.commandName)?.verbs[verb]?.options[name]?.kind;
      const typed = kind === 'query' ? value : `${name}:${quoted(value)}`;
      const text = `${this.#lineOf(interaction.commandName, verb, others)} ${typed}`;
      const suggestions = await listener.complete({ ...(await callOf({ interaction })), text });
      await interaction.respond(choicesOf(suggestions));
    } catch (error) {
      // Discord shows that nothing could be loaded; what is typed can be sent all the same.
      log.warn({ error: String(error) }, 'nothing could be suggested');
    }
  }

  #facts(command: string): CommandFacts | undefined {
    return this.#options.commands.find(({ name }) => name === command);
  }

  #lineOf(command: string, verb: string, options: Record<string, string>): string {
    const facts = this.#facts(command);
    return facts ? lineFrom(facts, verb, options) : `/${command}`;
  }

  #with(reply: Reply, place: Place): Place {
    return { ...place, reply: sealReply(this.#options.desk.seal, reply) };
  }
}

/** Options of the sub-command as typed. */
function givenIn({ options }: ChatInputCommandInteraction | AutocompleteInteraction): Record<string, string> {
  const [subcommand] = options.data;
  const given = (subcommand?.options ?? []).map(({ name, value }): [string, string] => [name, clean(String(value ?? ''))]);
  return Object.fromEntries(given);
}

/** One line: control characters are blanks. */
const clean = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim();

/** Values are never cut: what is too long is not offered. */
const choicesOf = (suggestions: readonly Suggestion[]): { name: string; value: string }[] =>
  suggestions
    .filter(({ value }) => value !== '' && value.length <= LIMITS.suggestion)
    .slice(0, LIMITS.suggestions)
    .map(({ label: words, hint, value }) => ({
      name: label(hint === '' ? words : `${words} · ${hint}`, LIMITS.suggestion),
      value,
    }));

const ended = (): UserError =>
  new UserError('view_ended', 'This button is no longer valid. Send the command again for a fresh card.');
