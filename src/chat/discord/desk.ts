import { randomBytes } from 'node:crypto';
import type {
  ButtonInteraction,
  ChatInputCommandInteraction,
  ModalSubmitInteraction,
  StringSelectMenuInteraction,
} from 'discord.js';
import { Routes } from 'discord.js';
import { UserError } from '../../core/errors.ts';
import { type Message, sentence } from '../../core/messages/message.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Seal } from '../../core/ports/seal.ts';
import type { Api } from './api.ts';
import { wordsBody } from './body.ts';
import { FLAGS, TOKEN_LIFE } from './limits.ts';
import type { Replies } from './replies.ts';
import type { Reply } from './reply.ts';

type Answerable = ChatInputCommandInteraction | ButtonInteraction | StringSelectMenuInteraction | ModalSubmitInteraction;

const ANSWER_NOW = 4;

/** Acknowledging first, and telling what went wrong to the one who asked. */
export class Desk {
  readonly api: Api;
  readonly replies: Replies;
  readonly clock: Clock;
  readonly seal: Seal;
  readonly #log: Log;

  constructor({ api, replies, clock, seal, log }: { api: Api; replies: Replies; clock: Clock; seal: Seal; log: Log }) {
    this.api = api;
    this.replies = replies;
    this.clock = clock;
    this.seal = seal;
    this.#log = log;
  }

  now(): Date {
    return this.clock.now();
  }

  /**
   * Says "is thinking …", or that the pressed card will change. Undefined where that came too late or a second time: then nothing may be
   * done either, since its outcome could not be told.
   */
  async acknowledge(interaction: Answerable, original: Reply['original']): Promise<Reply | undefined> {
    const reply: Reply = {
      application: interaction.applicationId,
      token: interaction.token,
      until: Number(this.now()) + TOKEN_LIFE,
      original,
    };
    const message = 'message' in interaction ? interaction.message : null;
    if (original === 'card' && message) reply.card = message.id;
    const isDone = await this.acknowledged(interaction, async () => {
      if (original === 'card' && !interaction.isChatInputCommand()) await interaction.deferUpdate();
      // In a direct message nobody else looks on, and what is not ephemeral can be edited for longer than 15 minutes.
      else await interaction.deferReply(interaction.guildId === null ? {} : { flags: FLAGS.ephemeral });
    });
    if (isDone && original === 'answer') this.replies.deferred(reply);
    return isDone ? reply : undefined;
  }

  async acknowledged(interaction: Answerable, respond: () => Promise<unknown>): Promise<boolean> {
    try {
      await respond();
      return true;
    } catch (error) {
      this.#log.warn({ interaction: interaction.id, error: String(error) }, 'an interaction could not be acknowledged');
      return false;
    }
  }

  /** Does what was asked for. What fails is told to the one who asked; an answer that is owed is looked after. */
  async answered(reply: Reply, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      if (reply.original === 'answer') this.replies.watch(reply);
    } catch (error) {
      await this.replies.tell(reply, this.#apology(error)).catch((second: unknown) => {
        this.#log.warn({ error: String(second) }, 'what went wrong could not be told');
      });
    }
  }

  /** Instead of the first response. */
  async refuse(interaction: Answerable, error: unknown): Promise<void> {
    const data = wordsBody(this.#apology(error), { ephemeral: true });
    await this.acknowledged(interaction, () =>
      this.api.post(Routes.interactionCallback(interaction.id, interaction.token), {
        body: { type: ANSWER_NOW, data },
        byRoute: true,
      }),
    );
  }

  #apology(error: unknown): Message {
    if (error instanceof UserError) return sentence(error.message, 'warning');
    const reference = randomBytes(4).toString('hex');
    this.#log.error({ reference, error: String((error as Error)?.stack ?? error) }, 'an interaction failed');
    return sentence(
      `That went wrong on our side. Try again; if it stays, tell whoever runs me the reference ${reference}.`,
      'warning',
    );
  }
}
