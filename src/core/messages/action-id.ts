/** What a button does: a verb of a command on a stored row, and what was chosen. State lives in the row, never in the id. */
export interface Action {
  /** `command.action`, e.g. `pipeline.period`. */
  verb: string;
  /** Id of the view row. */
  id: string;
  choice?: string;
}

/** Discord's limit for a custom id, the smallest of the three platforms. */
export const ACTION_ID_LIMIT = 100;

const shape = /^([a-z]+(?:\.[a-z_]+)?):([A-Za-z0-9_-]+)(?::(.*))?$/s;

export function encodeAction(action: Action): string {
  const text = action.choice === undefined ? `${action.verb}:${action.id}` : `${action.verb}:${action.id}:${action.choice}`;
  if (text.length > ACTION_ID_LIMIT || !shape.test(text)) throw new RangeError(`not an action id: ${text.slice(0, 120)}`);
  return text;
}

/** Undefined for anything that encodeAction cannot have made. */
export function decodeAction(text: string): Action | undefined {
  if (text.length > ACTION_ID_LIMIT) return undefined;
  const match = shape.exec(text);
  if (!match?.[1] || !match[2]) return undefined;
  return match[3] === undefined ? { verb: match[1], id: match[2] } : { verb: match[1], id: match[2], choice: match[3] };
}
