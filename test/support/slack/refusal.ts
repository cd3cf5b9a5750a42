import type { Json } from './json.ts';

/** `{ok: false, error}`, with the details Slack gives. */
export class Refusal extends Error {
  code: string;
  fields: Json;

  constructor(code: string, fields: Json = {}) {
    super(code);
    this.code = code;
    this.fields = fields;
  }

  get answer(): Json {
    return { ok: false, error: this.code, ...this.fields };
  }
}

/** With sentences as Slack words them: "must be … [json-pointer:/blocks/0/text]". */
export function refuse(code: string, messages: readonly string[] = [], fields: Json = {}): never {
  const detail = messages.length > 0 ? { response_metadata: { messages: messages.map((line) => `[ERROR] ${line}`) } } : {};
  throw new Refusal(code, { ...detail, ...fields });
}

/** Refusals that no well-made app meets, whatever happens in the workspace. */
const ourFault =
  /^(invalid_(?!auth)|no_text|msg_|metadata_|missing_scope|unknown_method|not_allowed_token|cannot_reply|thread_not|markdown_|view_too|push_limit|too_many|duplicate_)/;

/** A sentence for the list of the app's faults; undefined for what may happen to anyone. */
export function faultOf(where: string, refusal: Refusal): string | undefined {
  if (!ourFault.test(refusal.code)) return undefined;
  const metadata = refusal.fields.response_metadata;
  return `${where}: ${refusal.code}${metadata ? ` ${JSON.stringify(metadata)}` : ''}`;
}
