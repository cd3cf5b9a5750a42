import { type Action, decodeAction, encodeAction } from '../../core/messages/action-id.ts';
import { clean } from '../../core/messages/words.ts';
import { LIMITS } from './limits.ts';

/** What stands before an action's own id, e.g. `2~pipeline.refresh:v1`: a number, or a mark that begins with a letter. No id of an action begins like that. */
const marked = /^([a-z0-9]+)~/;

/** Custom ids of one message: Discord wants each once. */
export class CustomIds {
  readonly #used = new Set<string>();
  readonly #mark: string | undefined;

  /** The mark stands before every id, and comes back with a press. */
  constructor(mark?: string) {
    this.#mark = mark;
  }

  /** An id that cannot be decoded stands for an impossible action: its button answers that it is no longer valid. */
  of(action: Action): string {
    const id = withMark(idOf(action), this.#mark);
    let unique = id;
    for (let n = 2; this.#used.has(unique); n++) unique = withMark(idOf(action), String(n), 'none');
    this.#used.add(unique);
    return unique;
  }
}

/** Without the mark where both have no room. */
export function withMark(id: string, mark: string | undefined, otherwise = id): string {
  if (mark === undefined) return id;
  const whole = `${mark}~${id}`;
  if (whole.length <= LIMITS.customId) return whole;
  return otherwise === id ? id : `${mark}~${otherwise}`;
}

export function idOf(action: Action): string {
  try {
    const id = encodeAction(action);
    // Half a character does not come back as it was sent.
    return id === clean(id) ? id : 'none';
  } catch {
    return 'none';
  }
}

/** The action of an id made above, and the mark it was given; a number only tells it from its like. */
export function readId(id: string): { action: Action | undefined; mark: string | undefined } {
  const mark = marked.exec(id)?.[1];
  return { action: decodeAction(id.replace(marked, '')), mark: mark && /^[a-z]/.test(mark) ? mark : undefined };
}
