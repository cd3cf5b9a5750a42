import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Every page has all of them, in this order. */
export const sheets = [
  'base.css',
  'frame.css',
  'pages.css',
  'messages.css',
  'cards.css',
  'threads.css',
  'tables.css',
  'controls.css',
  'box.css',
  'forms.css',
] as const;
const scripts = [
  'console.js',
  'live.js',
  'server.js',
  'note.js',
  'messages.js',
  'thread.js',
  'times.js',
  'box.js',
  'dialog.js',
] as const;

type AssetName = (typeof sheets)[number] | (typeof scripts)[number] | 'icon.svg';

const typeOf = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml' };

const contents = new Map<string, { type: string; body: Buffer }>();
const hash = createHash('sha256');
for (const name of [...sheets, ...scripts, 'icon.svg']) {
  const body = readFileSync(new URL(`./assets/${name}`, import.meta.url));
  contents.set(name, { type: typeOf[name.split('.')[1] as keyof typeof typeOf], body });
  hash.update(body);
}

/** Stands in every asset's address: browsers keep assets for good, and an open page can tell that a newer console runs. */
export const VERSION = hash.digest('hex').slice(0, 12);

export const assetUrl = (name: AssetName): string => `/assets/${VERSION}/${name}`;
export const asset = (name: string): { type: string; body: Buffer } | undefined => contents.get(name);
