import { flatten } from '../describe.ts';
import { given, type Json, list, record, records, text } from '../json.ts';
import type { Form } from '../refusal.ts';

/** Whom a body may mention. Sent with every message, and nobody by default: what people wrote must not ping. */
export function checkMentions(form: Form, body: Json, strict: boolean): void {
  const at = ['allowed_mentions'];
  if (!given(body.allowed_mentions)) {
    if (strict) form.required(at);
    return;
  }
  const allowed = record(body.allowed_mentions);
  const parse = list(allowed.parse);
  for (const [i, kind] of parse.entries())
    if (!['users', 'roles', 'everyone'].includes(text(kind))) form.choices([...at, 'parse', i], ['users', 'roles', 'everyone']);
  for (const key of ['users', 'roles']) {
    form.count([...at, key], list(allowed[key]), 0, 100);
    if (parse.includes(key) && list(allowed[key]).length > 0)
      form.add(
        [...at, key],
        'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
        `parse:["${key}"] and ${key}: [ids...] are mutually exclusive.`,
      );
  }
  if (strict && parse.length > 0) form.add([...at, 'parse'], 'MENTIONS_NOT_ALLOWED', 'Must be empty: name the ones to mention');
}

/** Who is pinged by a new message: named in its text and allowed. */
export function pingsOf(body: Json): string[] {
  const said = [text(body.content), ...flatten(records(body.components)).map((one) => text(one.content))].join('\n');
  const allowed = given(body.allowed_mentions) ? record(body.allowed_mentions) : { parse: ['users', 'roles', 'everyone'] };
  const parse = list(allowed.parse);
  const may = (kind: 'users' | 'roles', id: string) => parse.includes(kind) || list(allowed[kind]).includes(id);
  const named = (pattern: RegExp, kind: 'users' | 'roles') =>
    [...said.matchAll(pattern)].map((found) => found[1] ?? '').filter((id) => may(kind, id));
  return [
    ...new Set([
      ...named(/<@!?(\d+)>/g, 'users'),
      ...named(/<@&(\d+)>/g, 'roles'),
      ...(/@(everyone|here)\b/.test(said) && parse.includes('everyone') ? ['everyone'] : []),
    ]),
  ];
}
