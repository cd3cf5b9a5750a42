import { UserError } from '../../core/errors.ts';
import { decodeAction } from '../../core/messages/action-id.ts';
import type { Caller } from '../../core/people/caller.ts';
import type { HttpRequest, HttpResponse } from '../../core/ports/http.ts';
import type { ConsoleChannel } from './adapter.ts';
import { carryOut } from './ask.ts';
import { VERSION } from './assets.ts';
import { channelUrl } from './entry.ts';
import { renderDialog } from './form.ts';
import { askOf, fieldsOf, HistoryQuery, TEXT_LIMIT } from './forms.ts';
import { originOf, placeIn } from './origin.ts';
import { renderChat } from './page.ts';
import { renderAsk, renderNotFound } from './plain-pages.ts';
import { byScript, json, page, redirect } from './respond.ts';
import { type ConsoleParts, type ConsoleRoute, startOf } from './routes.ts';

const AT_LOAD = 50;

export function chatRoutes(parts: ConsoleParts): ConsoleRoute[] {
  const { team, channels, live, history, session } = parts;

  /** Answers in a known channel; anywhere else with a page of those there are. */
  const inChannel =
    (handle: (request: HttpRequest, caller: Caller, channel: ConsoleChannel) => Promise<HttpResponse>) =>
    async (request: HttpRequest, caller: Caller): Promise<HttpResponse> => {
      const wanted = request.params.channel ?? '';
      const channel = channels.find(({ name }) => name === wanted);
      return channel ? handle(request, caller, channel) : page(404, renderNotFound(`There is no channel #${wanted}.`, channels));
    };

  const chatPage = async (
    status: number,
    request: HttpRequest,
    caller: Caller,
    channel: ConsoleChannel,
    more: { before?: number; note?: string; text?: string; sent?: boolean },
  ) => {
    const { html: messages, newest } = await history.read(caller.account, channel.name, AT_LOAD, more.before);
    const people = { person: caller, choices: session.choices, canSignOut: session.canSignOut(request) };
    return page(status, renderChat({ team, ...people, channels, channel, messages, newest, ...more }));
  };

  /** Whoever may not ask gets no suggestions; the command itself says why. */
  const quietly = async <T>(work: () => Promise<T[]> | undefined): Promise<T[]> => {
    try {
      return (await work()) ?? [];
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
        const start = startOf(channels);
        return start ? redirect(channelUrl(start.name)) : page(404, renderNotFound('No channel is configured.', channels));
      },
    },
    {
      method: 'GET',
      path: '/c/:channel',
      handle: inChannel(async (request, caller, channel) => {
        const { before, show } = HistoryQuery.parse(request.query);
        const wanted = show === undefined ? {} : { text: `/audit show ${show}`, sent: true };
        return chatPage(200, request, caller, channel, { before, ...wanted });
      }),
    },
    {
      method: 'POST',
      path: '/c/:channel',
      handle: inChannel(async (request, caller, channel) => {
        const { note, ask } = await carryOut(parts, caller, channel.name, askOf(request.body));
        if (byScript(request)) return json(200, { note, ask: ask && renderDialog(ask).text });
        if (ask) return page(ask.mistakes ? 422 : 200, renderAsk(ask));
        if (note === undefined) return redirect(channelUrl(channel.name));
        return chatPage(422, request, caller, channel, { note, text: fieldsOf(request.body).text });
      }),
    },
    {
      method: 'GET',
      path: '/c/:channel/messages',
      handle: inChannel(async ({ query }, caller, channel) => {
        const { count, before } = HistoryQuery.parse(query);
        const { html, newest } = await history.read(caller.account, channel.name, count, before);
        return json(200, { html: html.text, newest, version: VERSION });
      }),
    },
    {
      method: 'POST',
      path: '/c/:channel/options',
      handle: inChannel(async ({ body }, caller, channel) => {
        const fields = fieldsOf(body);
        const { submit = '', field = '', typed = '' } = fields;
        const action = decodeAction(submit);
        const place = placeIn({ team, channel: channel.name }, caller.account, originOf(fields));
        const ask = { caller, place, field, typed: typed.slice(0, TEXT_LIMIT) };
        return json(200, { options: action ? await quietly(() => parts.listener()?.options({ ...ask, action })) : [] });
      }),
    },
    {
      method: 'GET',
      path: '/console/complete',
      handle: async ({ query }, caller) => {
        const text = query.text ?? '';
        const fits = text.startsWith('/') && text.length <= TEXT_LIMIT && !/\p{Cc}/u.test(text);
        const place = { platform: 'console', team, channel: '' };
        return json(200, {
          suggestions: fits ? await quietly(() => parts.listener()?.complete({ caller, place, text })) : [],
        });
      },
    },
    {
      method: 'GET',
      path: '/console/events',
      handle: async ({ query, signal }, { account }) => ({
        status: 200,
        headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
        body: live.open({ account, channel: query.channel ?? '' }, signal),
      }),
    },
  ];
}
