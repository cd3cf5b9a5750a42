import type { Json } from './json.ts';

const sentences: Record<number, string> = {
  0: '401: Unauthorized',
  10003: 'Unknown Channel',
  10004: 'Unknown Guild',
  10007: 'Unknown Member',
  10008: 'Unknown Message',
  10011: 'Unknown Role',
  10013: 'Unknown User',
  10015: 'Unknown Webhook',
  10062: 'Unknown interaction',
  20012: 'You are not authorized to perform this action on this application',
  30032: 'Maximum number of application commands reached (100)',
  30046: 'Maximum number of edits to messages older than 1 hour reached. Try again later.',
  40005: 'Request entity too large',
  40060: 'Interaction has already been acknowledged.',
  50001: 'Missing Access',
  50005: 'Cannot edit a message authored by another user',
  50006: 'Cannot send an empty message',
  50007: 'Cannot send messages to this user',
  50013: 'Missing Permissions',
  50024: 'Cannot execute action on this channel type',
  50027: 'Invalid Webhook Token',
  50035: 'Invalid Form Body',
  50083: 'Thread is archived',
  50109: 'The request body contains invalid JSON.',
  160004: 'A thread has already been created for this message',
  160005: 'This thread is locked',
};

const statuses: Record<number, number> = {
  0: 401,
  20012: 403,
  30046: 429,
  40005: 413,
  50001: 403,
  50005: 403,
  50007: 403,
  50013: 403,
  50027: 401,
  160005: 403,
};

/** An answer other than success, as Discord words it. */
export class Refusal extends Error {
  code: number;
  status: number;
  errors: Json | undefined;
  /** Seconds; of a 429. */
  retryAfter: number | undefined;

  constructor(code: number, errors?: Json, retryAfter?: number) {
    super(sentences[code] ?? 'Unknown Error');
    this.code = code;
    this.status = statuses[code] ?? (code >= 10000 && code < 20000 ? 404 : 400);
    this.errors = errors;
    this.retryAfter = retryAfter;
  }

  get body(): Json {
    return {
      message: this.message,
      code: this.code,
      ...(this.errors ? { errors: this.errors } : {}),
      ...(this.retryAfter === undefined ? {} : { retry_after: this.retryAfter, global: false }),
    };
  }
}

export function refuse(code: number): never {
  throw new Refusal(code);
}

export type Path = readonly (string | number)[];

/** Gathers what is wrong with a body, and where; 50035 at the end. */
export class Form {
  private readonly errors: Json = {};
  private readonly root: Path;
  bad = false;

  constructor(root: Path = []) {
    this.root = root;
  }

  add(path: Path, code: string, message: string): void {
    this.bad = true;
    let node = this.errors;
    for (const step of [...this.root, ...path]) {
      node[step] ??= {};
      node = node[step] as Json;
    }
    node._errors ??= [];
    (node._errors as Json[]).push({ code, message });
  }

  /** A text within its length; absent counts as empty where nothing is required. UTF-16 units, the safe upper bound. */
  length(path: Path, value: unknown, min: number, max: number): void {
    if (value === undefined || value === null) {
      if (min > 0) this.required(path);
    } else if (typeof value !== 'string') {
      this.add(path, 'STRING_TYPE_CONVERT', `Could not interpret "${value}" as string.`);
    } else if (value.length < min || value.length > max) {
      if (min > 0) this.add(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
      else this.add(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
    }
  }

  /** How many entries a list has. */
  count(path: Path, entries: readonly unknown[], min: number, max: number): void {
    if (entries.length < min || entries.length > max)
      this.add(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
  }

  /** A whole number in a range; may be absent. */
  range(path: Path, value: unknown, min: number, max: number): void {
    if (value === undefined || value === null) return;
    if (typeof value !== 'number' || !Number.isInteger(value))
      this.add(path, 'NUMBER_TYPE_COERCE', `Value "${value}" is not int.`);
    else if (value < min) this.add(path, 'NUMBER_TYPE_MIN', `int value should be greater than or equal to ${min}.`);
    else if (value > max) this.add(path, 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${max}.`);
  }

  required(path: Path): void {
    this.add(path, 'BASE_TYPE_REQUIRED', 'This field is required');
  }

  choices(path: Path, allowed: readonly (number | string)[]): void {
    this.add(path, 'BASE_TYPE_CHOICES', `Value must be one of {${allowed.join(', ')}}.`);
  }

  throwIfBad(): void {
    if (this.bad) throw new Refusal(50035, this.errors);
  }
}
