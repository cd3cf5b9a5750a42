import secureJson from 'secure-json-parse';
import { UserError } from '../core/errors.ts';
import type { HttpRequest } from '../core/ports/http.ts';

export const BODY_LIMIT = 4 * 1024 * 1024;
const DEPTH_LIMIT = 32;

/** Before the body is read: it must say that it is plain JSON. */
export function requireJson(headers: HttpRequest['headers']): void {
  const type = headers['content-type'] ?? '';
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type)) {
    throw new UserError('unsupported_media_type', 'Send JSON in UTF-8, with the header Content-Type: application/json.');
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new UserError('unsupported_media_type', 'Send the body without Content-Encoding.');
}

/** Strict JSON: valid UTF-8, no trailing text, no key that reaches a prototype, at most 32 levels. */
export function parseJson(body: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new UserError('bad_utf8', 'The body is not valid UTF-8.');
  }
  if (text.startsWith('\ufeff')) throw new UserError('bad_json', 'The body is not valid JSON: it begins with a byte order mark.');
  checkDepth(text);
  try {
    return secureJson.parse(text, undefined, { protoAction: 'error', constructorAction: 'error' });
  } catch (error) {
    if (/forbidden prototype/.test(String(error))) {
      throw new UserError('forbidden_key', 'The keys __proto__ and constructor.prototype are not allowed.');
    }
    throw new UserError(
      'bad_json',
      `The body is not valid JSON${text === '' ? ': it is empty' : ''}. NaN and Infinity are not JSON.`,
    );
  }
}

/** Before parsing: the parser takes a million levels, what comes after it does not. */
function checkDepth(text: string): void {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) i = endOfString(text, i);
    else if (c === 0x5b || c === 0x7b) {
      if (++depth > DEPTH_LIMIT) throw new UserError('too_deep', `The body is nested deeper than ${DEPTH_LIMIT} levels.`);
    } else if (c === 0x5d || c === 0x7d) depth--;
  }
}

/** Index of the quote that ends the string which starts at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}
