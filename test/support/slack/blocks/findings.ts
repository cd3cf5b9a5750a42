import { isRecord, type Json, list, text } from '../json.ts';
import type { World } from '../world.ts';

export type Surface = 'message' | 'modal' | 'home' | 'file';

/** What is wrong with some blocks, in Slack's words, each with a JSON pointer. */
export class Findings {
  all: string[] = [];
  /** Texts of all blocks together, for the limit over a whole message. */
  size = 0;
  markdown = 0;
  tables = 0;
  charts = 0;
  world: World;
  surface: Surface;

  constructor(world: World, surface: Surface) {
    this.world = world;
    this.surface = surface;
  }

  add(what: string, at: string): void {
    this.all.push(`${what} [json-pointer:${at}]`);
  }

  /** No other keys than these, and all of the required ones (marked `!`). */
  keys(of: Json, at: string, names: string): void {
    const known = names.split(' ');
    for (const name of known.filter((one) => one.endsWith('!'))) {
      const key = name.slice(0, -1);
      if (of[key] === undefined || of[key] === null) this.add(`missing required field: ${key}`, at);
    }
    const allowed = new Set(known.map((name) => name.replace('!', '')));
    for (const key of Object.keys(of)) if (!allowed.has(key)) this.add(`invalid additional property: ${key}`, at);
  }

  string(value: unknown, at: string, max: number, min = 1): void {
    if (value === undefined || value === null) return;
    if (typeof value !== 'string') return void this.add('must be a string', at);
    if (value.length < min) this.add(`must be more than ${min - 1} characters`, at);
    if (value.length > max) this.add(`must be less than ${max + 1} characters`, at);
  }

  /** A text object. */
  text(value: unknown, at: string, max: number, only?: 'plain_text' | 'mrkdwn'): void {
    if (value === undefined || value === null) return;
    if (!isRecord(value)) return void this.add('must provide an object', at);
    const kind = text(value.type);
    if (kind !== 'plain_text' && kind !== 'mrkdwn') return void this.add(`unsupported type: ${kind}`, `${at}/type`);
    if (only && kind !== only) return void this.add(`must be a valid ${only} object`, `${at}/type`);
    this.keys(value, at, kind === 'mrkdwn' ? 'type! text! verbatim' : 'type! text! emoji');
    this.string(value.text, `${at}/text`, max);
    this.size += text(value.text).length;
    if (typeof value.text === 'string' && value.text.trim() === '' && value.text !== '')
      this.add('must not be blank', `${at}/text`);
  }

  items(value: unknown, at: string, max: number, min = 1): unknown[] {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) {
      this.add('must provide an array', at);
      return [];
    }
    if (value.length < min) this.add(`no fewer than ${min} items required`, at);
    if (value.length > max) this.add(`no more than ${max} items allowed`, at);
    return list(value);
  }

  oneOf(value: unknown, at: string, allowed: readonly string[]): void {
    if (value !== undefined && !allowed.includes(value as string)) this.add(`must be one of: ${allowed.join(', ')}`, at);
  }

  url(value: unknown, at: string): void {
    if (value === undefined) return;
    this.string(value, at, 3000);
    if (!/^(https?:\/\/[^\s/]+|mailto:\S+)/i.test(text(value))) this.add('invalid url', at);
  }
}
