import { checkedBlocks } from '../blocks/check.ts';
import { checkedThread, parsed } from '../content.ts';
import { given, isRecord, type Json, list, text } from '../json.ts';
import { refuse } from '../refusal.ts';
import type { FakeFile } from '../types.ts';
import { addMessage, isMember, newId, type World } from '../world.ts';
import { knownChannel, type Method, required } from './method.ts';

const magic: [string, string][] = [
  ['89504e47', 'image/png'],
  ['ffd8ff', 'image/jpeg'],
  ['47494638', 'image/gif'],
  ['25504446', 'application/pdf'],
];

export function processFile(file: FakeFile): void {
  const head = file.bytes?.subarray(0, 4).toString('hex') ?? '';
  file.processed = true;
  file.mimetype = magic.find(([start]) => head.startsWith(start))?.[1] ?? 'text/plain';
}

function getUploadUrl(world: World, args: Json): Json {
  required(args, 'filename', 'length');
  const length = Number(args.length);
  if (!Number.isInteger(length) || length < 1) refuse('invalid_arguments', ['must be greater than 0 [json-pointer:/length]']);
  const id = newId('F');
  const name = text(args.filename);
  const altText = text(args.alt_text) || text(args.alt_txt);
  world.files.set(id, {
    ...{ id, name, title: name, altText, length, user: world.app.botUserId },
    ...{ completed: false, processed: false, polls: 0, mimetype: '', channels: [] },
  });
  return { ok: true, upload_url: `${world.url}/upload/v1/${id}`, file_id: id };
}

function complete(world: World, args: Json): Json {
  const wanted = list(parsed(args.files, 'invalid_arguments')).filter(isRecord);
  if (wanted.length === 0) refuse('invalid_arguments', ['missing required field: files']);
  const files = wanted.map(({ id, title }) => {
    const file = world.files.get(text(id));
    if (!file?.bytes || file.completed) return refuse('file_not_found');
    if (given(title)) file.title = text(title);
    return file;
  });
  if (given(args.channel_id)) share(world, args, files);
  for (const file of files) file.completed = true;
  return { ok: true, files: files.map(({ id, title }) => ({ id, title })) };
}

function share(world: World, args: Json, files: readonly FakeFile[]): void {
  if (!/^[CGDZ][A-Z0-9]{1,}$/.test(text(args.channel_id)))
    refuse('invalid_arguments', ['must match pattern ^[CGDZ] [json-pointer:/channel_id]']);
  const channel = knownChannel(world, args.channel_id);
  if (channel.archived) refuse('is_archived');
  // Unlike a post, a file needs the bot inside.
  if (!isMember(world, channel)) refuse('not_in_channel');
  const threadTs = checkedThread(world, channel, args.thread_ts);
  if (given(args.blocks) && given(args.initial_comment))
    refuse('invalid_arguments', ['blocks and initial_comment exclude each other']);
  const blocks = given(args.blocks) ? checkedBlocks(world, args.blocks, 'file') : [];
  // The message appears after the answer, and the answer does not name it.
  setImmediate(() => {
    for (const file of files) file.channels.push(channel.id);
    addMessage(world, channel, {
      text: text(args.initial_comment),
      blocks,
      files: files.map((file) => file.id),
      ...(threadTs ? { threadTs } : {}),
      via: 'files',
    });
  });
}

function info(world: World, args: Json): Json {
  const file = world.files.get(text(args.file));
  if (!file?.completed) return refuse('file_not_found');
  file.polls += 1;
  if (file.polls > world.filePolls) processFile(file);
  return { ok: true, file: wireFile(world, file), comments: [], response_metadata: { next_cursor: '' } };
}

export function wireFile(world: World, file: FakeFile): Json {
  const extension = file.name.split('.').at(-1) ?? '';
  return {
    id: file.id,
    created: Math.floor(world.now() / 1000),
    name: file.name,
    title: file.title,
    mimetype: file.processed ? file.mimetype : '',
    filetype: file.processed ? extension : '',
    user: file.user,
    size: file.length,
    channels: file.channels,
    url_private: `${world.url}/files/${file.id}`,
    permalink: `https://${world.team.domain}.slack.com/files/${file.user}/${file.id}/${file.name}`,
    ...(file.altText ? { alt_txt: file.altText } : {}),
  };
}

/** Bytes posted to an upload URL: raw, or as WebClient sends them, in one field of a form. */
export async function receiveUpload(
  world: World,
  id: string,
  raw: Buffer,
  contentType: string,
): Promise<{ status: number; body: string }> {
  const file = world.files.get(id);
  if (!file) return { status: 404, body: 'file_not_found' };
  let bytes = raw;
  if (contentType.startsWith('multipart/form-data')) {
    const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': contentType } }).formData();
    const part = [...form.values()].find((value) => typeof value !== 'string');
    if (!part || typeof part === 'string') return { status: 400, body: 'no_file' };
    bytes = Buffer.from(await part.arrayBuffer());
  }
  if (bytes.length !== file.length) return { status: 400, body: `length_mismatch: ${bytes.length} of ${file.length}` };
  file.bytes = bytes;
  return { status: 200, body: `OK - ${bytes.length}` };
}

export const files: Record<string, Method> = {
  'files.getUploadURLExternal': { scope: 'files:write', tier: 4, run: getUploadUrl },
  'files.completeUploadExternal': { scope: 'files:write', tier: 4, run: complete },
  'files.info': { scope: 'files:read', tier: 4, run: info },
};
