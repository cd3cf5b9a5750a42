import type { RawFile } from 'discord.js';
import type { Figure } from '../../core/messages/figure.ts';
import type { Message } from '../../core/messages/message.ts';
import type { Draw } from '../../core/ports/draw.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Component } from './controls.ts';
import { FLAGS, LIMITS } from './limits.ts';
import { filesIn, render } from './render.ts';
import { label } from './text.ts';

/** A request's body with the files that belong to it. */
export interface Body {
  body: {
    flags: number;
    components: Component[];
    allowed_mentions: { parse: never[] };
    attachments: { id: string | number; filename?: string; description?: string }[];
  };
  files: RawFile[];
}

export interface BodyOptions {
  link?: string | undefined;
  mark?: string | undefined;
  /** Only the reader sees it; decided when a message is made. */
  ephemeral?: boolean;
  /** Files the message has already, by name: they are kept, not sent again. */
  kept?: ReadonlyMap<string, string>;
  /** Words alone: pictures may not be sent there. */
  withoutPictures?: boolean;
}

const nobody = { parse: [] as never[] };

/** Words without pictures, made at once. */
export function wordsBody(message: Message, { link, mark, ephemeral }: BodyOptions = {}): Body['body'] {
  const components = render(message, { fileOf: () => undefined, link, mark });
  const flags = FLAGS.componentsV2 | (ephemeral ? FLAGS.ephemeral : 0);
  return { flags, components, allowed_mentions: nobody, attachments: [] };
}

/** Figures are drawn first; one that cannot be is told in words. */
export async function messageBody(
  message: Message,
  tools: { draw: Draw; log: Log },
  { link, mark, ephemeral, kept = new Map(), withoutPictures }: BodyOptions,
): Promise<Body> {
  const nameOf = (figure: Figure): string => `${tools.draw.keyOf(figure)}.png`;
  const pictures = withoutPictures ? new Map<string, Picture>() : await picturesOf(message, nameOf, kept, tools);
  const fileOf = (figure: Figure) => (pictures.has(nameOf(figure)) ? nameOf(figure) : undefined);
  const components = render(message, { fileOf, link, mark });
  const shown = [...new Set(filesIn(components))];
  const files = shown.flatMap((name) => {
    const png = pictures.get(name)?.png;
    return png ? [{ name, data: png, contentType: 'image/png' }] : [];
  });
  const keptIds = shown.flatMap((name) => kept.get(name) ?? []).map((id) => ({ id }));
  const described = files.map(({ name }, id) => {
    return { id, filename: name, description: label(pictures.get(name)?.alt ?? '', LIMITS.alt) };
  });
  const flags = FLAGS.componentsV2 | (ephemeral ? FLAGS.ephemeral : 0);
  // Attachments that are not listed are taken away: no picture of before stays behind.
  return { body: { flags, components, allowed_mentions: nobody, attachments: [...keptIds, ...described] }, files };
}

interface Picture {
  alt: string;
  /** Absent where the message has it already. */
  png?: Buffer;
}

/** The message's pictures by file name, as many as Discord takes, without those that cannot be drawn. */
async function picturesOf(
  { blocks }: Message,
  nameOf: (figure: Figure) => string,
  kept: ReadonlyMap<string, string>,
  { draw, log }: { draw: Draw; log: Log },
): Promise<Map<string, Picture>> {
  const figures = new Map(blocks.flatMap((block) => (block.kind === 'figure' ? [[nameOf(block.figure), block.figure]] : [])));
  const pictures = new Map<string, Picture>();
  for (const [name, figure] of [...figures].slice(0, LIMITS.files)) {
    try {
      pictures.set(name, kept.has(name) ? { alt: figure.alt } : { alt: figure.alt, png: await draw.png(figure) });
    } catch (error) {
      log.error({ figure: figure.title, error: String(error) }, 'a figure could not be drawn; its words are shown');
    }
  }
  return pictures;
}
