import type { Verdict } from '../audit/verify.ts';
import type { Action } from '../messages/action-id.ts';
import type { Block, Message, Text, Tone } from '../messages/message.ts';
import { count } from './format.ts';

export interface Verified {
  verdict: Verdict;
  checkpoint: { n: number; at: Date; token: string } | undefined;
  publicKey: string;
}

/** Whether the trail is what it was, in words. */
export function verifyCard({ verdict, checkpoint, publicKey, act }: Verified & { act(action: string): Action }): Message {
  const blocks: Block[] = [
    ...verdict.because.map((text): Block => ({ kind: 'text', text })),
    { kind: 'fields', fields: facts(verdict) },
    ...(verdict.state === 'tampered' ? [nextSteps(verdict)] : checkpointBlocks(checkpoint, publicKey)),
    { kind: 'buttons', label: 'More', buttons: [{ label: 'Check again', action: act('again') }] },
  ];
  return { ...headline(verdict), blocks };
}

function headline({ state, fault, rows }: Verdict): { title: string; tone: Tone } {
  if (state === 'tampered') {
    const where = fault && fault.n > 0 ? ` at row ${count(fault.n)}` : '';
    return { title: `The audit trail was tampered with${where}`, tone: 'critical' };
  }
  if (!rows) return { title: 'The audit trail holds nothing sealed yet', tone: 'info' };
  const span = `${count(rows.last - rows.first + 1)} sealed changes`;
  if (state === 'proven') return { title: `The audit trail is proven: ${span}, none changed or missing`, tone: 'ok' };
  return { title: `The audit trail is whole as far as it goes: ${span}`, tone: 'ok' };
}

function facts({ state, rows, checkpoints, anchoredTo, erased, unsigned, unsealed }: Verdict): { label: string; value: Text }[] {
  // What comes after a fault was not looked at.
  if (state === 'tampered')
    return [{ label: 'Rows that fit', value: rows ? `${count(rows.first)} to ${count(rows.last)}` : 'none' }];
  return [
    { label: 'Rows', value: rows ? `${count(rows.first)} to ${count(rows.last)}` : 'none' },
    { label: 'Signed checkpoints', value: count(checkpoints) },
    ...(anchoredTo > 0 ? [{ label: 'Agrees with your checkpoint', value: `up to row ${count(anchoredTo)}` }] : []),
    ...(erased > 0 ? [{ label: 'Details erased by law', value: count(erased) }] : []),
    ...(unsigned > 0 ? [{ label: 'Not signed yet', value: count(unsigned) }] : []),
    ...(unsealed > 0 ? [{ label: 'Not sealed yet', value: count(unsealed) }] : []),
  ];
}

const nextSteps = ({ fault }: Verdict): Block => ({
  kind: 'text',
  text: [
    'Take a copy of the database now, before anything else. ',
    ...(fault?.seq === undefined ? [] : ['The row is ', { code: `/audit show ${fault.seq}` }, '. ']),
    'Then compare it with your last backup or export around that row, and find out who can write to the database.',
  ],
});

function checkpointBlocks(checkpoint: Verified['checkpoint'], publicKey: string): Block[] {
  if (!checkpoint) return [];
  return [
    { kind: 'text', text: ['Newest checkpoint, up to row ', count(checkpoint.n), '. Keep it outside:'] },
    { kind: 'code', text: checkpoint.token },
    { kind: 'context', text: ['Public key ', { code: publicKey }] },
  ];
}
