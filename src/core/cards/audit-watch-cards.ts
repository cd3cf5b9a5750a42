import type { Action } from '../messages/action-id.ts';
import { type Capabilities, firstOf } from '../messages/capabilities.ts';
import type { Form } from '../messages/form.ts';
import { type Button, type Message, sentence, type Text } from '../messages/message.ts';
import { addressOf } from '../messages/place.ts';
import type { Watch } from '../ports/audit-watches.ts';
import { short } from './audit-words.ts';
import { noLineFromMe } from './connect-card.ts';

type Act = (action: string, choice?: string) => Action;
/** Longest search in a sentence of ours. */
const PIECE = 120;

/** For everyone in the channel, once it begins. */
export const watchBegunCard = ({ query, by, act }: { query: string; by: string; act: Act }): { message: Message } => ({
  message: {
    title: `Changes that match are posted here from now on, says ${short(by)}: ${short(query, PIECE)}`,
    tone: 'info',
    blocks: [{ kind: 'buttons', label: 'More', buttons: [{ label: 'Stop watching', action: act('stop', '0') }] }],
  },
});

export const watchEndedMessage = ({ query, by }: { query: string; by: string }): Message =>
  sentence(`Changes are not posted here any more, says ${short(by)}: ${short(query, PIECE)}`);

/** For whoever began it. `choices`: the watch. */
export function watchCard(input: {
  watch: Watch;
  isNew: boolean;
  workspace: string | undefined;
  /** It was begun from a search, that one can go back to. */
  fromSearch: boolean;
  act: Act;
}): { message: Message; choices: string[] } {
  const { watch, isNew, workspace, fromSearch, act } = input;
  const address = addressOf(watch.place);
  const buttons: Button[] = [
    { label: 'Stop watching', action: act('stop', '0') },
    { label: 'All watches', action: act('list', 'watches') },
    ...(fromSearch ? [{ label: 'Back to the search', action: act('back') }] : []),
  ];
  const about =
    workspace === undefined ? '' : ` Only changes of the workspace ${workspace} are: it is what this channel is about.`;
  const message: Message = {
    title: isNew
      ? `${address} is told of what matches from now on: ${short(watch.query, PIECE)}`
      : `${address} is told of that already: ${short(watch.query, PIECE)}`,
    tone: 'ok',
    blocks: [
      {
        kind: 'text',
        text: `${isNew ? 'I have posted one line there for everyone. ' : `${short(watch.by)} began it. `}What one does in a short time is one message, which grows.${about}`,
      },
      { kind: 'buttons', label: 'More', buttons },
      ...(isNew ? [{ kind: 'context' as const, text: noLineFromMe('/audit watch') }] : []),
    ],
  };
  return { message, choices: [watch.id] };
}

/** All that the asker may see. `choices`: the watches of the list to stop one from. */
export function watchesCard(input: {
  watches: readonly (Watch & { here: boolean })[];
  /** What has just been done, as a sentence. */
  done: string | undefined;
  capabilities: Capabilities;
  act: Act;
}): { message: Message; choices: string[] } {
  const { watches, done, capabilities, act } = input;
  const { shown, left } = firstOf(watches, Math.min(capabilities.tableRows, capabilities.selectOptions));
  const here = watches.filter((watch) => watch.here).length;
  const others = watches.length - here;
  const where = ({ place, here: isHere }: (typeof watches)[number]): string => (isHere ? 'here' : addressOf(place));
  const title = `${here === 0 ? 'Nothing is' : here === 1 ? '1 search is' : `${here} searches are`} watched for here${others > 0 ? `, ${others} elsewhere` : ''}`;
  const message: Message = {
    title: done ?? title,
    tone: done === undefined ? 'info' : 'ok',
    blocks: [
      ...(shown.length > 0
        ? [
            {
              kind: 'table' as const,
              caption: 'Watches',
              columns: ['Where', 'For', 'Begun by'].map((label) => ({ label, align: 'left' as const })),
              rows: shown.map((watch): Text[] => [
                where(watch),
                [{ code: short(watch.query, PIECE) }],
                [`${short(watch.by)}, `, { time: watch.at.toISOString(), as: 'datetime' }],
              ]),
              left,
            },
            {
              kind: 'select' as const,
              label: 'Stop a watch',
              action: act('stop'),
              options: shown.map((watch, i) => ({ value: String(i), label: short(watch.query, PIECE), hint: where(watch) })),
            },
          ]
        : []),
      { kind: 'buttons', label: 'More', buttons: [{ label: 'Refresh', action: act('list', 'watches') }] },
      { kind: 'context', text: ['To begin one: ', { code: '/audit watch action:destination.* -actor:deploy-bot' }] },
    ],
  };
  return { message, choices: shown.map(({ id }) => id) };
}

export const watchForm = (query: string): Form => ({
  title: 'Watch here',
  submit: 'Watch',
  note: 'What matches is posted into this channel from now on, for everyone in it.',
  fields: [
    {
      kind: 'text',
      name: 'query',
      label: 'Search, without times',
      hint: 'e.g. action:destination.* -actor:deploy-bot',
      value: query,
      maxLength: 1_000,
    },
  ],
});
