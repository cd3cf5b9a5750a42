import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const typeOf = {
  'console.js': 'text/javascript; charset=utf-8',
  'messages.js': 'text/javascript; charset=utf-8',
  'box.js': 'text/javascript; charset=utf-8',
  'dialog.js': 'text/javascript; charset=utf-8',
  'console.css': 'text/css; charset=utf-8',
  'messages.css': 'text/css; charset=utf-8',
  'box.css': 'text/css; charset=utf-8',
  'dialog.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

type AssetName = keyof typeof typeOf;

const contents = new Map<string, { type: string; body: Buffer }>();
const hash = createHash('sha256');
for (const [name, type] of Object.entries(typeOf)) {
  const body = readFileSync(new URL(`./assets/${name}`, import.meta.url));
  contents.set(name, { type, body });
  hash.update(body);
}

/** Stands in every asset's address: browsers keep assets for good, and an open page can tell that a newer console runs. */
export const VERSION = hash.digest('hex').slice(0, 12);

export const assetUrl = (name: AssetName): string => `/assets/${VERSION}/${name}`;
export const asset = (name: string): { type: string; body: Buffer } | undefined => contents.get(name);
