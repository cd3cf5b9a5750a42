import { checkedContent, checkedThread } from './content.ts';
import { flag, type Json } from './json.ts';
import { faultOf, Refusal } from './refusal.ts';
import { addMessage, editMessage, type ResponseUrl, type World } from './world.ts';

const halfAnHour = 30 * 60_000;

/** Puts a message where a response_url leads. Throws a Refusal. */
function put(world: World, url: ResponseUrl, body: Json): void {
  const channel = world.channels.get(url.channel);
  if (!channel) throw new Refusal('channel_not_found');
  const { message } = url;
  if (flag(body.delete_original)) {
    if (!message || message.deleted) throw new Refusal('message_not_found');
    message.deleted = true;
    return;
  }
  const content = checkedContent(world, body);
  const replace = flag(body.replace_original);
  // What a command's url has posted cannot be changed through it: Slack posts once more.
  if (replace && url.kind === 'commands') world.problems.push('response_url: replace_original after a command replaces nothing');
  if (replace && url.kind === 'actions' && message?.deleted) throw new Refusal('message_not_found');
  if (replace && url.kind === 'actions' && message && !message.deleted) {
    editMessage(world, message, content);
    return;
  }
  const threadTs = checkedThread(world, channel, body.thread_ts);
  addMessage(world, channel, {
    ...content,
    ...(threadTs ? { threadTs } : {}),
    ...(body.response_type === 'in_channel' ? {} : { only: url.user }),
    via: 'response_url',
  });
}

/** Answers a post to a response_url. */
export function respond(world: World, id: string, body: Json): { status: number; body: Json | string } {
  const url = world.responseUrls.get(id);
  if (!url || world.now() - url.at > halfAnHour) return { status: 404, body: { ok: false, error: 'expired_url' } };
  if (url.posts >= 5) return { status: 404, body: { ok: false, error: 'used_url' } };
  try {
    put(world, url, body);
    url.posts += 1;
    return { status: 200, body: { ok: true } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const fault = faultOf('response_url', error);
    if (fault) world.problems.push(fault);
    return { status: error.code === 'channel_not_found' || error.code === 'message_not_found' ? 404 : 400, body: error.answer };
  }
}
