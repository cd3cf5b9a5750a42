import type { AuditQuery } from '../audit/query.ts';
import type { Action } from '../messages/action-id.ts';
import type { Block, Message, Text } from '../messages/message.ts';
import { short, spanOf } from './audit-words.ts';

/** Addresses under which one person may download what a search finds, for a while. */
export interface ExportLinks {
  /** As it was read: a saved search stands in its name's place. */
  text: string;
  query: AuditQuery;
  csv: string;
  jsonl: string;
  /** Of the whole trail; undefined for those who may see one workspace of it only. */
  proof: string | undefined;
  expiresAt: Date;
  now: Date;
  /** In which days are meant. */
  zone: string;
}

/** Where files of the trail are to be had. For its asker alone. */
export function auditExportCard(input: ExportLinks & { act?(action: string): Action }): Message {
  const { text, query, csv, jsonl, proof, expiresAt, now, zone, act } = input;
  const blocks: Block[] = [
    line([{ link: 'Download CSV', url: csv }, ' for a spreadsheet']),
    line([{ link: 'Download JSON Lines', url: jsonl }, ' for a program']),
    ...(proof === undefined
      ? []
      : [
          line([{ link: 'Download the proof', url: proof }, ' of the whole trail, for ', { code: 'npx pipewarden verify FILE' }]),
        ]),
    small([
      ...(text.trim() === '' ? [] : ['Searched for ', { code: short(text, 160) }, '. ']),
      'Good until ',
      { time: expiresAt.toISOString(), as: 'time' },
      ' for whoever has the links: give them to nobody. Each download stands in the trail under your name.',
    ]),
    ...onlyHere(csv),
    ...(act ? [{ kind: 'buttons' as const, label: 'More', buttons: [{ label: 'New links', action: act('refresh') }] }] : []),
  ];
  const minutes = Math.round((Number(expiresAt) - Number(now)) / 60_000);
  const which = `${query.terms.length > 0 ? 'Matching changes' : 'Changes'}${spanOf(query, now, zone)}`;
  return { title: `${which}, to download as a file within ${minutes} minutes`, tone: 'info', blocks };
}

const line = (text: Text): Block => ({ kind: 'text', text });
const small = (text: Text): Block => ({ kind: 'context', text });

/** Without an address of our own for everyone, links lead nowhere from elsewhere. */
const onlyHere = (url: string): Block[] =>
  ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '[::]'].includes(new URL(url).hostname)
    ? [
        small([
          'These links open only on the machine that I run on. For others set ',
          { code: 'PUBLIC_URL' },
          ', or run ',
          { code: 'npx pipewarden export' },
          ' there.',
        ]),
      ]
    : [];
