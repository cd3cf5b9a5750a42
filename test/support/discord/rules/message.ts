import { given, type Json, list, number, record, records, text } from '../json.ts';
import { Form, type Path, Refusal } from '../refusal.ts';
import type { Content, FakeAttachment, FakeMessage, Request } from '../types.ts';
import type { World } from '../world.ts';
import { messageComponents } from './components.ts';
import { newWalk, type Walk } from './controls.ts';
import { checkMentions, pingsOf } from './mentions.ts';

export const flag = { suppressEmbeds: 4, ephemeral: 64, silent: 4096, v2: 32768 } as const;

export interface Written {
  body: Json;
  files: Request['files'];
  /** What is edited. */
  previous?: FakeMessage;
  /** Where the message stands in the body; errors are named from there. */
  at: Path;
  /** Through an interaction's token: may be ephemeral. */
  isResponse: boolean;
  /** In bytes, per file. */
  attachmentLimit: number;
}

export interface Checked extends Content {
  flags: number;
  pings: string[];
}

const legacy = (form: Form, key: string): void =>
  form.add(
    [key],
    'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
    `The '${key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
  );

/** The flags after this write. An edit may set two of them and never takes Components V2 back. */
function flagsOf(form: Form, written: Written): number {
  const asked = number(written.body.flags);
  const { previous } = written;
  if (!previous) {
    const allowed = flag.suppressEmbeds | flag.silent | flag.v2 | (written.isResponse ? flag.ephemeral : 0);
    if (asked & ~allowed) form.add(['flags'], 'MESSAGE_FLAGS_INVALID', `Flags ${asked & ~allowed} cannot be set`);
    return asked;
  }
  if (!given(written.body.flags)) return previous.flags;
  if (previous.flags & flag.v2 && !(asked & flag.v2))
    form.add(['flags'], 'MESSAGE_FLAGS_COMPONENTS_V2_CANNOT_BE_REMOVED', 'The IS_COMPONENTS_V2 flag cannot be removed');
  const mutable = flag.suppressEmbeds | flag.v2;
  return (previous.flags & ~flag.suppressEmbeds) | (asked & mutable);
}

function checkEmbeds(walk: Walk, embeds: readonly Json[]): void {
  const { form } = walk;
  form.count(['embeds'], embeds, 0, 10);
  let total = 0;
  for (const [i, embed] of embeds.entries()) {
    const measure = (path: Path, value: unknown, max: number, min = 0) => {
      form.length(['embeds', i, ...path], value, min, max);
      total += text(value).length;
    };
    measure(['title'], embed.title, 256);
    measure(['description'], embed.description, 4096);
    measure(['footer', 'text'], record(embed.footer).text, 2048);
    measure(['author', 'name'], record(embed.author).name, 256);
    const fields = records(embed.fields);
    form.count(['embeds', i, 'fields'], fields, 0, 25);
    for (const [n, field] of fields.entries()) {
      measure(['fields', n, 'name'], field.name, 256, 1);
      measure(['fields', n, 'value'], field.value, 1024, 1);
    }
    form.range(['embeds', i, 'color'], embed.color, 0, 0xffffff);
    const image = text(record(embed.image).url);
    if (image.startsWith('attachment://')) walk.files.push({ name: image.slice(13), at: ['embeds', i, 'image', 'url'] });
  }
  if (total > 6000) form.add(['embeds'], 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of 6000: ${total}`);
}

const types: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  csv: 'text/csv',
  json: 'application/json',
};

/** The attachments after this write: those kept by id, and the uploaded. */
function attachmentsOf(world: World, form: Form, written: Written): FakeAttachment[] {
  const { body, files, previous } = written;
  const listed = given(body.attachments) ? records(body.attachments) : undefined;
  const kept = listed ? [] : [...(previous?.attachments ?? [])];
  if (files.reduce((sum, file) => sum + file.bytes.length, 0) > 25 * 1024 * 1024) throw new Refusal(40005);
  const uploads = files.map((file, index) => {
    const key = /^files\[(\d+)\]$/.exec(file.key)?.[1];
    if (key === undefined) form.add([file.key], 'UPLOAD_KEY', 'An upload is named files[n]');
    if (file.bytes.length > written.attachmentLimit) throw new Refusal(40005);
    const filename = file.name.replace(/[^\w.-]/g, '_');
    const contentType = types[filename.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
    return { key: key ?? String(index), used: false, made: { id: world.newId(), filename, contentType, bytes: file.bytes } };
  });
  const out: FakeAttachment[] = kept;
  for (const [i, entry] of (listed ?? []).entries()) {
    const path = ['attachments', i];
    form.length([...path, 'description'], entry.description, 0, 1024);
    const description = given(entry.description) ? { description: text(entry.description) } : {};
    const upload = uploads.find((one) => one.key === String(entry.id));
    const old = previous?.attachments.find((one) => one.id === String(entry.id));
    if (upload) {
      upload.used = true;
      out.push({ ...upload.made, ...description });
    } else if (old) out.push({ ...old, ...description });
    else form.add([...path, 'id'], 'ATTACHMENT_NOT_FOUND', `Attachment ${entry.id} is neither uploaded nor in the message`);
  }
  for (const one of uploads.filter((upload) => !upload.used)) {
    if (listed && previous)
      form.add(['attachments'], 'ATTACHMENT_NOT_LISTED', `Of an edit every upload is listed: files[${one.key}] is not`);
    out.push(one.made);
  }
  form.count(['attachments'], out, 0, 10);
  return out;
}

/** Whether files and the components that show them fit together. */
function checkFiles(world: World, walk: Walk, written: Written, attachments: readonly FakeAttachment[], isV2: boolean): void {
  const names = new Set(attachments.map((file) => file.filename));
  for (const { name, at } of walk.files)
    if (!names.has(name))
      walk.form.add(
        at,
        'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND',
        `The referenced attachment ${name} is not in the message`,
      );
  if (!isV2) return;
  const shown = new Set(walk.files.map((file) => file.name));
  for (const [i, file] of attachments.entries()) {
    if (shown.has(file.filename) || walk.served.has(file.id)) continue;
    const old = written.previous?.attachments.some((one) => one.id === file.id);
    if (old) world.problems.push(`Message ${written.previous?.id} keeps ${file.filename}, which no component shows`);
    else if (world.strict.referencedFiles)
      walk.form.add(
        ['attachments', i],
        'ATTACHMENT_NOT_REFERENCED',
        `No component shows ${file.filename}: it would be invisible`,
      );
  }
}

/** Checks a body that writes or edits a message against everything Discord limits; gives what the message then is. */
export function checkMessage(world: World, written: Written): Checked {
  const { body, previous } = written;
  const form = new Form(written.at);
  const walk = newWalk(form);
  checkMentions(form, body, world.strict.allowedMentions);
  const flags = flagsOf(form, written);
  const isV2 = (flags & flag.v2) !== 0;
  const value = <K extends 'content' | 'embeds' | 'components'>(key: K, none: Content[K]): Content[K] =>
    key in body ? ((body[key] ?? none) as Content[K]) : (previous?.[key] ?? none);
  const content = value('content', '');
  const embeds = value('embeds', []);
  const components = value('components', []);
  form.length(['content'], content, 0, 2000);
  if (isV2) {
    if (content) legacy(form, 'content');
    if (list(embeds).length > 0) legacy(form, 'embeds');
    if (given(body.poll)) legacy(form, 'poll');
    if (list(body.sticker_ids).length > 0) legacy(form, 'sticker_ids');
  }
  checkEmbeds(walk, records(embeds));
  messageComponents(walk, records(components), isV2);
  const attachments = attachmentsOf(world, form, written);
  checkFiles(world, walk, written, attachments, isV2);
  if (!previous && given(body.nonce)) form.length(['nonce'], String(body.nonce), 0, 25);
  form.throwIfBad();
  const said = isV2 ? components.length : content.trim().length + embeds.length + attachments.length;
  if (said === 0) throw new Refusal(50006);
  return { content, embeds, components, attachments, flags, pings: previous ? previous.pings : pingsOf(body) };
}
