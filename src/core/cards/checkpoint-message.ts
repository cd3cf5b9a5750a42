import type { Message } from '../messages/message.ts';
import { count } from './format.ts';

/** A checkpoint for a channel: kept there, it shows later what the database alone cannot. */
export const checkpointMessage = ({ n, at, token }: { n: number; at: Date; token: string }): Message => ({
  title: `The audit trail is sealed up to row ${count(n)}`,
  tone: 'info',
  blocks: [
    { kind: 'code', text: token },
    {
      kind: 'context',
      text: [
        'Signed ',
        { time: at.toISOString(), as: 'datetime' },
        '. Whether anything up to here was changed or cut off since then, tells ',
        { code: '/audit verify' },
        ' with the line above, and ',
        { code: 'npx pipewarden verify --anchor' },
        ' too.',
      ],
    },
  ],
});
