import { setUp } from './fakes.ts';

export const script = { accept: 'application/json' };

/** An adapter that has started, and hands to use it with. */
export async function started(more: Parameters<typeof setUp>[0] = {}) {
  const parts = setUp(more);
  await parts.adapter.start(parts.listener);
  const say = (text: string) => parts.call('POST /c/general', { form: { text }, headers: script });
  const press = (action: string, choice?: string) =>
    parts.call('POST /c/general', { form: { action, ...(choice === undefined ? {} : { choice }) }, headers: script });
  const listen = async (channel: string, signal?: AbortSignal) => {
    const { body } = await parts.call(`GET /console/events?channel=${channel}`, { signal });
    const stream = (body as AsyncIterable<string>)[Symbol.asyncIterator]();
    await stream.next();
    return stream;
  };
  return { ...parts, say, press, listen };
}

export const data = ({ value }: IteratorResult<string>) => JSON.parse(String(value).replace(/^data: /, ''));
