import { isIP } from 'node:net';
import { given, type Json, record, text } from '../json.ts';
import { isMember } from '../world.ts';
import type { Findings } from './findings.ts';

/** Slack's own servers fetch an image: nothing inside a private network reaches them. */
export function isPublicHttps(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  if (protocol !== 'https:' || isIP(hostname.replace(/^\[|\]$/g, '')) === 6) return false;
  if (isIP(hostname) === 4) return !/^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(hostname);
  return hostname.includes('.') && !/\.(local|localhost|internal|lan|home|test|invalid)$/.test(hostname);
}

/** An image block, an image in a context or a section's accessory. */
export function checkImage(found: Findings, image: Json, at: string): void {
  found.string(image.alt_text, `${at}/alt_text`, 2000);
  const byUrl = given(image.image_url);
  const byFile = given(image.slack_file);
  if (byUrl === byFile) found.add('must provide exactly one of image_url and slack_file', at);
  if (byUrl) {
    found.string(image.image_url, `${at}/image_url`, 3000);
    if (!isPublicHttps(text(image.image_url))) found.add('downloading image failed', `${at}/image_url`);
  }
  if (byFile) checkSlackFile(found, record(image.slack_file), `${at}/slack_file`);
}

function checkSlackFile(found: Findings, slackFile: Json, at: string): void {
  found.keys(slackFile, at, 'id url');
  const { world } = found;
  const byUrl = [...world.files.values()].find((one) => slackFile.url === `${world.url}/files/${one.id}`);
  const file = given(slackFile.id) ? world.files.get(text(slackFile.id)) : byUrl;
  const shared = (id: string) => {
    const channel = world.channels.get(id);
    return channel !== undefined && (channel.kind === 'public' || isMember(world, channel));
  };
  const readable = file && (file.user === world.app.botUserId || file.channels.some(shared));
  // One answer for all of these, as Slack has it: missing, not ours, not yet processed, no picture.
  if (!readable || !file.completed || !file.processed || !/^image\/(png|jpeg|gif)$/.test(file.mimetype)) {
    found.add('invalid slack file', at);
  }
}
