import type { Command } from '../src/core/commands/command.ts';
import type { Use } from '../src/flows/index.ts';

/** `/warden help`. Takes the list it describes as a function, since it stands in that list itself. */
export const warden = (all: () => readonly Command<Use>[]): Command<Use> => ({
  name: 'warden',
  summary: 'About Pipewarden: what it can do and what to type',
  defaultVerb: 'help',
  verbs: {
    help: {
      summary: 'Every command, with a line to try',
      example: '/warden help',
      options: {},
      actions: {},
      run: async () => ({
        message: {
          title: 'Pipewarden shows where your events are, and why some do not arrive',
          tone: 'info',
          blocks: [
            {
              kind: 'table',
              caption: 'Commands',
              columns: [
                { label: 'Try', align: 'left' },
                { label: 'What it answers', align: 'left' },
              ],
              rows: all().flatMap((command) =>
                Object.values(command.verbs).map((verb) => [[{ code: verb.example }], `${command.summary}. ${verb.summary}.`]),
              ),
            },
            {
              kind: 'context',
              text: 'Type / for the list, then a blank: names complete as you type. Times are UTC unless they say otherwise.',
            },
          ],
        },
      }),
    },
  },
});
