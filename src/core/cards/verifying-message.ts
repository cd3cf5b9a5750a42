import type { Message } from '../messages/message.ts';
import { count } from './format.ts';

/** How far a verification is. It is shown to one person, who need not wait for it. */
export function verifyingMessage(rows: number, of: number | undefined): Message {
  const far = of === undefined ? '' : `: ${count(Math.min(rows, of))} of ${count(of)} rows`;
  return {
    title: `Verifying the audit trail${far}`,
    tone: 'info',
    blocks: [{ kind: 'context', text: 'The result comes here. Nothing else waits for it.' }],
  };
}
