/** A number that stands for a text (FNV-1a): naming seeds instead of numbering them keeps every other curve when one is added. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** What looks like chance, in [0, 1): the same seed and time always give the same. Murmur's finish, as it is cheap and mixes well. */
export function chance(seed: number, at: number): number {
  let hash = seed ^ Math.imul(at, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** A factor around 1, at most `width` away from it. */
export const jitter = (seed: number, at: number, width: number): number => 1 + width * (2 * chance(seed, at) - 1);
