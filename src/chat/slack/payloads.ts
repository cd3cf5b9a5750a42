import { z } from 'zod';

/** What Slack tells, as far as we read it. Absent and null are the same to Slack. */
const id = z.string().min(1);
const optional = z
  .string()
  .nullish()
  .transform((text) => text ?? undefined);
const team = z.object({ id }).nullish();
const user = z.object({ id });

export const Command = z.object({
  command: z.string(),
  text: z.string().default(''),
  user_id: id,
  team_id: z.string().default(''),
  channel_id: id,
  thread_ts: optional,
  response_url: optional,
});
export type Command = z.infer<typeof Command>;

export const Press = z.object({
  user,
  team,
  channel: z.object({ id }).nullish(),
  container: z
    .object({
      type: optional,
      message_ts: optional,
      channel_id: optional,
      thread_ts: optional,
      view_id: optional,
      is_ephemeral: z.boolean().nullish(),
    })
    .default({ type: undefined, message_ts: undefined, channel_id: undefined, thread_ts: undefined, view_id: undefined }),
  message: z.object({ ts: optional, thread_ts: optional }).nullish(),
  response_url: optional,
  trigger_id: optional,
  actions: z
    .array(z.object({ action_id: z.string(), action_ts: optional, selected_option: z.object({ value: z.string() }).nullish() }))
    .min(1),
});
export type Press = z.infer<typeof Press>;

const Entered = z.object({ value: optional, selected_option: z.object({ value: z.string() }).nullish() });

export const Submission = z.object({
  user,
  team,
  view: z.object({
    private_metadata: z.string(),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), Entered)) }),
  }),
});
export type Submission = z.infer<typeof Submission>;

export const Suggestion = z.object({
  user,
  team,
  view: z.object({ private_metadata: z.string() }).nullish(),
  block_id: z.string().default(''),
  value: z.string().default(''),
});
export type Suggestion = z.infer<typeof Suggestion>;

/** Of an event: a channel is named by its id, or told as a whole. */
export const Told = z.object({
  team_id: optional,
  event_id: optional,
  event: z.object({
    type: z.string(),
    user: z.union([z.string(), user.transform(({ id: of }) => of)]).nullish(),
    channel: z.union([z.string(), user.transform(({ id: of }) => of)]).nullish(),
    tab: optional,
    tokens: z.object({ bot: z.array(z.string()).nullish() }).nullish(),
  }),
});
export type Told = z.infer<typeof Told>;

const entity: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/** What was typed, from what Slack made of it: mentions become the addresses that we use, links are what they lead to. */
export function typed(text: string): string {
  return text
    .replace(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g, 'slack:$1')
    .replace(/<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>/g, 'slack-group:$1')
    .replace(/<#([CG][A-Z0-9]+)(?:\|[^>]*)?>/g, 'slack:$1')
    .replace(/<!(here|channel|everyone)(?:\|[^>]*)?>/g, '@$1')
    .replace(/<(?:mailto:)?((?:https?:\/\/)?[^<>|\s]+)\|([^<>]*)>/g, (_, url: string, label: string) =>
      /^https?:/.test(url) ? url : label,
    )
    .replace(/<(https?:\/\/[^<>|\s]+)>/g, '$1')
    .replace(/&(?:lt|gt|amp);/g, (mark) => entity[mark] ?? mark);
}
