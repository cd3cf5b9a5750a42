import { distance } from 'fastest-levenshtein';
import { type Document, isAlias, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { nearest } from '../core/delivery/directory.ts';
import { cited } from '../core/errors.ts';
import type { Policy } from '../core/people/policy.ts';
import { keysAt, policyFrom } from './policy-schema.ts';

/** Where in the file, counted from 1, and what is wrong there. */
export interface Mistake {
  line: number;
  column: number;
  message: string;
}

/** A policy is written by hand: what is longer is something else. */
const MOST_BYTES = 256 * 1024;
/** A few repeats are handy; a bomb is made of many. */
const MOST_ALIASES = 50;
/** So many letters may be wrong in a word that is taken for another. */
const NEAR = 3;
/** The parser calls itself for each level, and a policy has four. */
const DEEPEST = 32;
const tooManyMarks = new RegExp(`^ *(?:[-?:] +){${DEEPEST}}`, 'm');

/** Reads the text of a policy file: the policy, or every mistake in the order of the file. */
export function parsePolicy(text: string): { policy: Policy } | { mistakes: Mistake[] } {
  const refused = refusal(text);
  if (refused) return { mistakes: [{ line: 1, column: 1, message: refused }] };
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, version: '1.2', schema: 'core', prettyErrors: false, strict: true });
  const at = (offset: number, message: string): Mistake => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col), message };
  };
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) return { mistakes: broken.map((error) => at(error.pos[0], inWords(error))) };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    return { mistakes: [at(0, (error as Error).message)] };
  }
  const result = policyFrom(value);
  if ('policy' in result) return result;
  const mistakes = result.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [at(offsetOf(document, issue.path), sentenceAt(issue.path, issue.message))];
    return issue.keys.map((key) => at(offsetOf(document, [...issue.path, key], true), unknownKey(issue.path, key)));
  });
  return { mistakes: mistakes.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function refusal(text: string): string | undefined {
  if (Buffer.byteLength(text) > MOST_BYTES) return `The file is longer than ${MOST_BYTES / 1024} KiB`;
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
    if (depth > DEEPEST) return `The file has more than ${DEEPEST} brackets open at once`;
  }
  return tooManyMarks.test(text) ? `The file has lists in lists, more than ${DEEPEST} deep` : undefined;
}

const inWords = ({ code, message }: { code: string; message: string }): string =>
  code === 'MULTIPLE_DOCS' ? 'A second document begins here; a policy is one' : message;

/** `people item 2 accounts`: people count from one. */
const placeText = (path: readonly PropertyKey[]): string =>
  path.map((step) => (typeof step === 'number' ? `item ${step + 1}` : String(step))).join(' ');

const sentenceAt = (path: readonly PropertyKey[], message: string): string =>
  path.length === 0 ? `The file ${message}` : `${placeText(path)} ${message}`;

function unknownKey(path: readonly PropertyKey[], key: string): string {
  const keys = keysAt(path);
  const where = path.length === 0 ? 'here' : `in ${placeText(path)}`;
  const [near = ''] = nearest(key, keys, 1);
  const hint = distance(key.slice(0, 64), near) <= NEAR ? ` Did you mean ${near}?` : '';
  return `“${cited(key)}” is not known ${where}.${hint} There are ${keys.join(', ')}`;
}

/** Where the value at the path begins, or its key; where there is none, what is around it. */
function offsetOf(document: Document, path: readonly PropertyKey[], ofKey = false): number {
  let node: Node | null = document.contents;
  path.every((step, i) => {
    if (isAlias(node)) node = node.resolve(document) ?? node;
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === step) : undefined;
    const wantsKey = ofKey && i === path.length - 1;
    const next = pair ? (wantsKey ? pair.key : pair.value) : isMap(node) ? undefined : itemOf(node, step);
    if (!next) return false;
    node = next as Node;
    return true;
  });
  return node?.range?.[0] ?? 0;
}

const itemOf = (node: unknown, step: PropertyKey): unknown =>
  typeof step === 'number' && node && typeof node === 'object' && 'items' in node ? (node.items as unknown[])[step] : undefined;
