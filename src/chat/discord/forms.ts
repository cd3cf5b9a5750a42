import { randomBytes } from 'node:crypto';
import type { ButtonInteraction, ModalSubmitInteraction, StringSelectMenuInteraction } from 'discord.js';
import { UserError } from '../../core/errors.ts';
import type { Action } from '../../core/messages/action-id.ts';
import type { Form } from '../../core/messages/form.ts';
import { type Message, sentence } from '../../core/messages/message.ts';
import type { Place } from '../../core/messages/place.ts';
import type { ChatListener } from '../../core/ports/chat.ts';
import { Recent } from '../../core/recent.ts';
import { accountOf, callOf, isMine } from './caller.ts';
import type { Desk } from './desk.ts';
import { idOf, withMark } from './ids.ts';
import { modalOf, valuesOf } from './modal.ts';
import { type Reply, sealReply } from './reply.ts';

/** Discord opens a form within three seconds or never. */
const FORM_WITHIN = 2_500;

/** What somebody filled in and has to correct. */
interface Draft {
  account: string;
  values: Record<string, string>;
  /** Where the form's card stands, without the permission to answer. */
  place: Place;
  /** Edits the card whose form it is; absent for a card that everyone sees, of which the answer is a copy. */
  card: Reply | undefined;
}

/**
 * Forms are dialogs, and Discord closes one as soon as it is sent: mistakes are told in a message with a button that opens the
 * form again, filled in. What was filled in is kept in memory alone; after a restart that form is empty.
 */
export class Forms {
  readonly #desk: Desk;
  readonly #drafts = new Recent<string, Draft>(500);

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** A form is the first response or none: whatever fails until then is told in its place. */
  async open(
    listener: ChatListener,
    interaction: ButtonInteraction | StringSelectMenuInteraction,
    action: Action,
    mark: string | undefined,
  ): Promise<void> {
    const at = { interaction, message: interaction.message };
    let form: Form;
    let draft: Draft | undefined;
    try {
      const found = mark === undefined ? undefined : this.#drafts.get(mark);
      draft = found?.account === accountOf(interaction) ? found : undefined;
      const { caller, place } = await callOf(at);
      form = await this.#soon(listener.form({ caller, place: draft?.place ?? cardPlace(place, mark), action }));
    } catch (error) {
      return this.#desk.refuse(interaction, error);
    }
    const modal = modalOf(form, withMark(idOf(action), mark), draft?.values);
    await this.#desk.acknowledged(interaction, () => interaction.showModal(modal as never));
  }

  async submit(
    listener: ChatListener,
    interaction: ModalSubmitInteraction,
    action: Action,
    mark: string | undefined,
  ): Promise<void> {
    const at = { interaction, message: interaction.message };
    const edits = interaction.message !== null && (mark !== undefined || isMine(at));
    const reply = await this.#desk.acknowledge(interaction, edits ? 'card' : 'answer');
    if (!reply) return;
    const found = mark === undefined ? undefined : this.#drafts.get(mark);
    const draft = found?.account === accountOf(interaction) ? found : undefined;
    await this.#desk.answered(reply, async () => {
      const { caller, place: here } = await callOf(at);
      const place = draft?.place ?? cardPlace(here, mark);
      // Corrected: the card whose form it was is edited, and the message about the mistakes goes away.
      const card = draft?.card && draft.card.until > Number(this.#desk.now()) ? draft.card : undefined;
      const values = valuesOf(interaction);
      const sealed = sealReply(this.#desk.seal, card ?? reply);
      const mistakes = await listener.submit({ caller, place: { ...place, reply: sealed }, action, values });
      if (mistakes === undefined) {
        if (card) await this.#desk.replies.remove(reply);
        return;
      }
      const key = this.#keep({
        account: accountOf(interaction),
        values,
        place,
        card: card ?? (edits && !mark ? reply : undefined),
      });
      const message = mistakesMessage(Object.values(mistakes), action);
      if (edits && mark) await this.#desk.replies.replace(reply, message, key);
      else await this.#desk.replies.tell(reply, message, key);
    });
  }

  /** The mark of its button; its first letter tells after a restart whose card it was. */
  #keep(draft: Draft): string {
    const key = `${draft.place.person === undefined ? 'p' : 'm'}${randomBytes(6).toString('hex')}`;
    this.#drafts.set(key, draft);
    return key;
  }

  #soon<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.#desk.clock.after(FORM_WITHIN, () => {
        reject(new UserError('timed_out', 'That took longer than Discord waits for a form. Press the button again.'));
      });
      work.then(resolve, reject).finally(cancel);
    });
  }
}

/** The message about mistakes is private even where the card is everyone's. */
const cardPlace = ({ person, ...place }: Place, mark: string | undefined): Place =>
  mark?.startsWith('p') || person === undefined ? place : { ...place, person };

const mistakesMessage = (reasons: readonly string[], action: Action): Message =>
  sentence('That could not be taken yet', 'warning', [
    ...reasons.map((text) => ({ kind: 'text' as const, text })),
    { kind: 'buttons', label: 'Form', buttons: [{ label: 'Retry', action, style: 'primary' }] },
  ]);
