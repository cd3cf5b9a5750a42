import type { Json } from '../support/discord/index.ts';

/** Flags a Components V2 message carries. */
export const v2 = 32768;
export const silence = { allowed_mentions: { parse: [] } };

export const words = (content = 'words'): Json => ({ type: 10, content });
export const press = (custom_id: string, label = custom_id): Json => ({ type: 2, style: 2, label, custom_id });
export const row = (...components: Json[]): Json => ({ type: 1, components });
export const section = (components: Json[], accessory?: Json): Json => ({
  type: 9,
  components,
  ...(accessory ? { accessory } : {}),
});
export const gallery = (...urls: string[]): Json => ({ type: 12, items: urls.map((url) => ({ media: { url } })) });
export const box = (...components: Json[]): Json => ({ type: 17, components });
export const choose = (custom_id: string, labels: string[], more: Json = {}): Json => ({
  type: 3,
  custom_id,
  options: labels.map((label) => ({ label, value: label.toLowerCase() })),
  ...more,
});

export const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** A Components V2 body. */
export const card = (...components: Json[]): Json => ({ flags: v2, components, ...silence });
/** A classic body. */
export const plain = (content: string, more: Json = {}): Json => ({ content, ...silence, ...more });
/** A form with one text field. */
export const form = (more: Json = {}, field: Json = {}): Json => ({
  custom_id: 'form',
  title: 'A form',
  components: [{ type: 18, label: 'Reason', component: { type: 4, custom_id: 'reason', style: 1, ...field } }],
  ...more,
});
