import type { Action } from '../messages/action-id.ts';
import { type Message, sentence } from '../messages/message.ts';

export interface LoginCardInput {
  person: string;
  account: string;
  url: string;
  expiresAt: Date;
  /** All accounts of the person. */
  accounts: readonly string[];
  act(action: string): Action;
}

/** A link that signs one browser in, once. For its asker alone. */
export function loginCard({ person, account, url, expiresAt, accounts, act }: LoginCardInput): Message {
  const others = accounts.filter((one) => one !== account);
  return {
    title: `A link that signs one browser in as ${person}, once, within 5 minutes`,
    tone: 'info',
    blocks: [
      {
        kind: 'text',
        text: [{ link: 'Sign in to the console', url }, ' · good until ', { time: expiresAt.toISOString(), as: 'time' }],
      },
      {
        kind: 'text',
        text: 'Opened in a browser that is signed in from another platform, it asks whether both accounts are you: say yes, and they are one person with the roles of both.',
      },
      {
        kind: 'context',
        text: `${others.length > 0 ? `Linked already: ${others.join(', ')}. ` : ''}Give it to nobody, and say yes to no link that you did not ask for.${onlyHere(url)}`,
      },
      { kind: 'buttons', label: 'More', buttons: [{ label: 'New link', action: act('again') }] },
    ],
  };
}

const onlyHere = (url: string): string =>
  ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)
    ? ' It leads to the machine that I run on; set PUBLIC_URL to reach me from elsewhere.'
    : '';

export const ownerMessage = (person: string): Message =>
  sentence(`${person} is owner now. The code is used up.`, 'ok', [
    {
      kind: 'text',
      text: [
        'Next: ',
        { code: '/warden connect' },
        ' in the channel where I should post, then ',
        { code: '/warden roles' },
        ' to name who else may do what.',
      ],
    },
  ]);
