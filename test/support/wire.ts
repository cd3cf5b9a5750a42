import { expect } from 'vitest';
import type { FakeDiscord } from './discord/index.ts';
import type { FakeSlack } from './slack/index.ts';

/** A message of ours on its way to a platform. */
export interface Sent {
  /** The method or route. */
  to: string;
  body: unknown;
}

/** What was sent since the last look. */
export interface Wire {
  /** Compares it with the file `test/golden/wire/<platform>/<name>.json`: by route, within each in order unless nothing says which is first. */
  golden(name: string, order?: 'in order' | 'in any order'): Promise<void>;
  /** Everything from the start. */
  all(): Sent[];
}

/** What changes from run to run gets a name by its first appearance, so that the same thing stays the same. */
const changing: [pattern: RegExp, name: string][] = [
  [/http:\/\/127\.0\.0\.1:\d+/g, 'us'],
  [/(?<=\/audit\/export\/)[\w-]+/g, 'sealed'],
  [/pw1\.[\w-]+\.[\w-]+/g, 'checkpoint'],
  [/vw_[\w-]{12,16}/g, 'vw'],
  [/\b\d{10}\.\d{6}\b/g, 'ts'],
  [/\bF[0-9A-Z]{8,}\b/g, 'file'],
  [/\b\d{17,19}\b/g, 'id'],
  [/\b[0-9a-f]{16,64}\b/g, 'hash'],
  [/\bpost-\d+\b/g, 'post'],
  // A sealed permission to answer, in a form's metadata.
  [/(?<="r\\":\\")[\w-]{40,}/g, 'reply'],
];

/** A block's id is its position and a hash over what it says, ids of this run included. */
const withoutHashes = (key: string, value: unknown): unknown =>
  key === 'block_id' && typeof value === 'string' ? value.replace(/^(\d+)-.*/, '$1') : value;

/** What a message says without what changes from run to run. */
const bare = ({ body }: Sent): string =>
  changing.reduce((text, [pattern]) => text.replaceAll(pattern, ''), JSON.stringify(body, withoutHashes));

function wireOf(platform: string, sent: () => Sent[], known: Record<string, string>): Wire {
  const names = new Map<string, string>();
  let looked = 0;

  function stable(text: string): string {
    let steady = text;
    for (const [id, name] of Object.entries(known)) steady = steady.replaceAll(id, `‹${name}›`);
    for (const [pattern, kind] of changing) {
      steady = steady.replace(pattern, (found) => {
        const others = [...names.values()].filter((one) => one.startsWith(`‹${kind} `)).length;
        const name = names.get(found) ?? `‹${kind} ${others + 1}›`;
        names.set(found, name);
        return name;
      });
    }
    return steady;
  }

  return {
    all: sent,
    async golden(name, order = 'in order') {
      const news = sent().slice(looked);
      looked += news.length;
      if (order === 'in any order') news.sort((a, b) => (bare(a) < bare(b) ? -1 : 1));
      const routes = [...new Set(news.map(({ to }) => to))].sort();
      const grouped = Object.fromEntries(routes.map((to) => [to, news.filter((one) => one.to === to).map(({ body }) => body)]));
      const text = stable(`${JSON.stringify(grouped, withoutHashes, 2)}\n`);
      await expect(text).toMatchFileSnapshot(`../golden/wire/${platform}/${name}.json`);
    },
  };
}

const pngSize = (bytes: Buffer): string => `png, ${bytes.readUInt32BE(16)} × ${bytes.readUInt32BE(20)}`;

export function slackWire(fake: FakeSlack, known: Record<string, string>): Wire {
  const isTold = /^(chat\.|views\.|response_url|upload|files\.(get|complete))/;
  const bodyOf = ({ method, args }: { method: string; args: Record<string, unknown> }): unknown => {
    if (method === 'upload') return { ...args, bytes: pngSize(fake.file(String(args.file))?.bytes ?? Buffer.alloc(24)) };
    if ('trigger_id' in args) return { ...args, trigger_id: '‹trigger›' };
    return 'length' in args ? { ...args, length: '‹length›' } : args;
  };
  return wireOf(
    'slack',
    () =>
      fake
        .requests()
        .filter(({ method }) => isTold.test(method))
        .map((request) => ({ to: request.method, body: bodyOf(request) })),
    known,
  );
}

export function discordWire(fake: FakeDiscord, known: Record<string, string>): Wire {
  return wireOf(
    'discord',
    () =>
      fake
        .requests()
        .filter(({ method, route }) => method !== 'GET' && !route.includes('/commands'))
        .map(({ route, body, files }) => ({
          to: route,
          body: {
            ...body,
            ...('nonce' in body ? { nonce: '‹nonce›' } : {}),
            ...(files.length > 0 ? { files: files.map(({ key, name, bytes }) => ({ key, name, bytes: pngSize(bytes) })) } : {}),
          },
        })),
    known,
  );
}
