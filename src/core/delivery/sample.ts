import { maskJson } from '../privacy/mask.ts';
import type { Sample } from './series.ts';

/** Request and response longer than this are cut after masking. */
const LONGEST = 8_192;

/** The sample as it may be stored: nothing personal or secret, and not too long. */
export const masked = (sample: Sample): Sample => ({
  ...sample,
  request: cut(maskJson(sample.request)),
  response: cut(maskJson(sample.response)),
});

const cut = (text: string): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
