import type { SavedSearch } from '../audit/saved-search.ts';
import type { Action } from '../messages/action-id.ts';
import { type Capabilities, firstOf } from '../messages/capabilities.ts';
import type { Form } from '../messages/form.ts';
import type { Block, Button, Message, Text } from '../messages/message.ts';
import { short } from './audit-words.ts';

/** Longest search in a row or a sentence of ours. */
const PIECE = 120;

/** What saving did, as a sentence: what was lost by it is said. */
export function savedSentence({ search, replaced }: { search: SavedSearch; replaced: SavedSearch | undefined }): string {
  const saved = `Saved as @${search.name}: ${short(search.query, PIECE)}`;
  return replaced ? `${saved}. It replaces what ${short(replaced.by)} had saved: ${short(replaced.query, PIECE)}` : saved;
}

/** Searches by name. `choices`: their names, then what was just deleted. */
export function savedCard(input: {
  searches: readonly SavedSearch[];
  /** What has just been done, as a sentence. */
  done: string | undefined;
  deleted: SavedSearch | undefined;
  /** The one workspace whose searches these are. */
  workspace: string | undefined;
  capabilities: Capabilities;
  act(action: string, choice?: string): Action;
}): { message: Message; choices: string[] } {
  const { searches, done, deleted, workspace, capabilities, act } = input;
  const { shown, left } = firstOf(searches, Math.min(capabilities.tableRows, capabilities.selectOptions));
  const buttons: Button[] = [
    ...(deleted ? [{ label: 'Put it back', action: act('restore', String(shown.length)) }] : []),
    { label: 'Refresh', action: act('list', 'saved') },
  ];
  const choose = (label: string, action: string, from: readonly SavedSearch[]): Block => ({
    kind: 'select',
    label,
    action: act(action),
    options: from.map((search) => ({
      value: String(shown.indexOf(search)),
      label: `@${search.name}`,
      hint: short(search.query, PIECE),
    })),
  });
  const deletable = shown.filter(({ forAll }) => !forAll);
  const many = searches.length;
  const message: Message = {
    title: done ?? (many === 0 ? 'No searches are saved' : `${many} saved search${many === 1 ? '' : 'es'}`),
    tone: done === undefined ? 'info' : 'ok',
    blocks: [
      ...(many > 0 ? [table(shown, left), choose('Run a search', 'run', shown)] : []),
      ...(deletable.length > 0 ? [choose('Delete a search', 'delete', deletable)] : []),
      { kind: 'buttons', label: 'More', buttons },
      {
        kind: 'context',
        text: [
          'To save one: ',
          { code: '/audit save night-deploys actor:deploy-bot since:1d' },
          '; to run it: ',
          { code: '/audit @night-deploys' },
          workspace === undefined
            ? '. All who may search see it, where they ask about one workspace too.'
            : `. All who may search see it where they ask about ${workspace}.`,
        ],
      },
    ],
  };
  return { message, choices: [...shown.map(({ name }) => name), ...(deleted ? [`${deleted.name} ${deleted.query}`] : [])] };
}

const table = (shown: readonly SavedSearch[], left: number): Block => ({
  kind: 'table',
  caption: 'Saved searches',
  columns: ['Name', 'Search', 'Saved by'].map((label) => ({ label, align: 'left' })),
  rows: shown.map(({ name, query, by, at, forAll }): Text[] => [
    `@${name}`,
    [{ code: short(query, PIECE) }],
    [`${short(by)}, `, { time: at.toISOString(), as: 'datetime' }, ...(forAll ? [', for all workspaces'] : [])],
  ]),
  left,
});

export const saveForm = (): Form => ({
  title: 'Save this search',
  submit: 'Save',
  note: 'Everyone who may search finds it under this name. A name that is taken is replaced.',
  fields: [{ kind: 'text', name: 'name', label: 'Name', hint: 'e.g. night-deploys, for /audit @night-deploys', maxLength: 41 }],
});
