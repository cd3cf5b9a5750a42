import { z } from 'zod';

/** Who asked for what, and when: what a link to an export carries. Days and roles are read again from it. */
const Wish = z.object({
  account: z.string(),
  person: z.string(),
  groups: z.array(z.string()),
  workspace: z.string().optional(),
  text: z.string(),
  at: z.number(),
});
export type SealedWish = z.infer<typeof Wish>;

export const writeWish = (wish: SealedWish): string => JSON.stringify(wish);

/** Of what `writeWish` made: it comes from under a seal of ours. */
export const readWish = (text: string): SealedWish => Wish.parse(JSON.parse(text));
