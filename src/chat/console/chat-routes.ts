import { randomUUID } from 'node:crypto';
import { UserError } from '../../core/errors.ts';
import type { Place } from '../../core/messages/place.ts';
import type { Suggestion } from '../../core/ports/chat.ts';
import type { HttpRequest, HttpResponse } from '../../core/ports/http.ts';
import type { ConsoleChannel } from './adapter.ts';
import { VERSION } from './assets.ts';
import { channelUrl } from './entry.ts';
import { type Ask, askOf, fieldsOf, HistoryQuery, TEXT_LIMIT } from './forms.ts';
import { renderChat, renderNotFound } from './page.ts';
import { byScript, json, page, redirect } from './respond.ts';
import type { ConsoleParts, ConsoleRoute } from './routes.ts';

const STARTING = 'Pipewarden is still starting. Please try again in a moment.';
const AT_LOAD = 50;

export function chatRoutes(parts: ConsoleParts): ConsoleRoute[] {
  const { caller, team, channels, clock, live, history, session } = parts;
  const { name: person, account } = caller;

  /** Answers in a known channel; anywhere else with a page of those there are. */
  const inChannel =
    (handle: (request: HttpRequest, channel: ConsoleChannel) => Promise<HttpResponse>) =>
    async (request: HttpRequest): Promise<HttpResponse> => {
      const wanted = request.params.channel ?? '';
      const channel = channels.find(({ name }) => name === wanted);
      return channel ? handle(request, channel) : page(404, renderNotFound(`There is no channel #${wanted}.`, channels));
    };

  const chatPage = async (status: number, channel: ConsoleChannel, more: { before?: number; note?: string; text?: string }) => {
    const { html: messages, newest } = await history.read(account, channel.name, AT_LOAD, more.before);
    return page(status, renderChat({ team, person, channels, channel, messages, newest, canSignOut: session.required, ...more }));
  };

  /** Resolves to what the person is to be told privately, if anything. */
  const carryOut = async (ask: Ask, channel: string): Promise<string | undefined> => {
    if (ask.kind === 'note') return ask.note;
    const listener = parts.listener();
    if (!listener) return STARTING;
    const place: Place = { platform: 'console', team, channel };
    try {
      if (ask.kind === 'press') {
        await listener.press({ caller, place, action: ask.action });
        return undefined;
      }
      const body = { kind: 'said', text: ask.text } as const;
      await parts.append({ channel, author: person, body, key: `said:${randomUUID()}`, at: clock.now() });
      await listener.command({ caller, place, text: ask.text });
      return undefined;
    } catch (error) {
      if (error instanceof UserError) return error.message;
      throw error;
    }
  };

  /** Whoever may not ask gets no suggestions; the command itself says why. */
  const complete = async (text: string): Promise<Suggestion[]> => {
    try {
      return (await parts.listener()?.complete({ caller, place: { platform: 'console', team, channel: '' }, text })) ?? [];
    } catch (error) {
      if (error instanceof UserError) return [];
      throw error;
    }
  };

  return [
    {
      method: 'GET',
      path: '/',
      handle: async () => {
        const start = channels.find(({ name }) => name === 'general') ?? channels[0];
        return start ? redirect(channelUrl(start.name)) : page(404, renderNotFound('No channel is configured.', channels));
      },
    },
    {
      method: 'GET',
      path: '/c/:channel',
      handle: inChannel(async ({ query }, channel) => chatPage(200, channel, { before: HistoryQuery.parse(query).before })),
    },
    {
      method: 'POST',
      path: '/c/:channel',
      handle: inChannel(async (request, channel) => {
        const note = await carryOut(askOf(request.body), channel.name);
        if (byScript(request)) return json(200, { note });
        if (note === undefined) return redirect(channelUrl(channel.name));
        return chatPage(422, channel, { note, text: fieldsOf(request.body).text });
      }),
    },
    {
      method: 'GET',
      path: '/c/:channel/messages',
      handle: inChannel(async ({ query }, channel) => {
        const { count, before } = HistoryQuery.parse(query);
        const { html, newest } = await history.read(account, channel.name, count, before);
        return json(200, { html: html.text, newest, version: VERSION });
      }),
    },
    {
      method: 'GET',
      path: '/console/complete',
      handle: async ({ query }) => {
        const text = query.text ?? '';
        const fits = text.startsWith('/') && text.length <= TEXT_LIMIT && !/\p{Cc}/u.test(text);
        return json(200, { suggestions: fits ? await complete(text) : [] });
      },
    },
    {
      method: 'GET',
      path: '/console/events',
      handle: async ({ query, signal }) => ({
        status: 200,
        headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
        body: live.open({ account, channel: query.channel ?? '' }, signal),
      }),
    },
  ];
}
