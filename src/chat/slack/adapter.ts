import { App, type Receiver, webApi } from '@slack/bolt';
import { Background } from '../../core/background.ts';
import { withPrefix } from '../../core/commands/as-typed.ts';
import type { CommandFacts } from '../../core/commands/command.ts';
import type { ChatAdapter, ChatListener } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Draw } from '../../core/ports/draw.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Seal } from '../../core/ports/seal.ts';
import { hear, type Identity } from './ears.ts';
import { sendError } from './errors.ts';
import { HttpReceiver } from './http-receiver.ts';
import { sdkLogger } from './log.ts';
import { Pace } from './pace.ts';
import { Patience } from './patience.ts';
import { People } from './people.ts';
import { Pictures } from './pictures.ts';
import { Replies } from './replies.ts';
import { Sender } from './send.ts';
import { Show } from './show.ts';
import { SocketLine } from './socket-line.ts';
import { Tell } from './tell.ts';

export interface SlackOptions {
  config: {
    botToken: string;
    /** With it, Socket Mode; else Slack calls our route. */
    appToken?: string | undefined;
    signingSecrets: readonly string[];
    apiUrl?: string | undefined;
    commandPrefix: string;
  };
  /** What can be typed. */
  commands: readonly CommandFacts[];
  draw: Draw;
  clock: Clock;
  log: Log;
  seal: Seal;
  publicUrl?: string | undefined;
}

/** What nothing works without. Of the others, what needs them says so when it is refused. */
const REQUIRED = ['commands', 'chat:write', 'users:read'];
/** How long an answer of Slack to “who are we” stands for its health (ms). */
const HEALTHY_FOR = 60_000;

export function createSlack(options: SlackOptions): ChatAdapter {
  const { config, commands, draw, clock, log, seal, publicUrl } = options;
  const logger = sdkLogger(log);
  // Waiting and trying again is ours: the SDK would hold up every channel for one.
  const clientOptions: webApi.WebClientOptions = {
    ...(config.apiUrl === undefined ? {} : { slackApiUrl: config.apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 10_000,
    logger,
  };
  const client = new webApi.WebClient(config.botToken, clientOptions);
  const background = new Background((error) =>
    log.error({ error: error instanceof Error ? error.stack : String(error) }, 'work for Slack failed'),
  );
  const socket =
    config.appToken === undefined ? undefined : new SocketLine({ appToken: config.appToken, clientOptions, logger, clock, log });
  const http = socket ? undefined : new HttpReceiver({ secrets: config.signingSecrets, clock, background });
  const replies = new Replies({ seal, clock, apiUrl: config.apiUrl });
  const pace = new Pace(clock);
  const patience = new Patience(clock);
  const pictures = new Pictures({ client, draw, pace, patience, clock, log });
  const show = new Show({
    asTyped: (message) => withPrefix(message, commands, config.commandPrefix),
    ...{ pictures, patience, clock, log, publicUrl },
  });
  const people = new People({ client, clock, log });

  let me: Identity = { team: '', botUser: '', botName: 'pipewarden' };
  let botId = '';
  let listener: ChatListener | undefined;
  let trouble: string | undefined;
  let healthyAt = Number.NEGATIVE_INFINITY;

  const sender = new Sender({ client, replies, show, pace, botName: () => me.botName });
  const app = new App({
    receiver: (socket?.receiver ?? http) as Receiver,
    authorize: async () => ({ botToken: config.botToken, botId, botUserId: me.botUser }),
    convoStore: false,
    clientOptions,
    logger,
  });
  hear(app, {
    ...{ client, people, replies, show, clock, log, background },
    tell: new Tell({
      ...{ replies, clock, log },
      post: (place, message, key) => patience.again(key, () => sender.post(place, message, key)),
    }),
    prefix: config.commandPrefix,
    me: () => me,
    listener: () => listener,
    async call(request) {
      try {
        return await request();
      } catch (error) {
        throw sendError(error, me.botName);
      }
    },
    closed(why) {
      trouble = why;
    },
  });

  /** Asks Slack who we are. Rejects with a sentence. */
  async function introduce(): Promise<string[]> {
    try {
      const known = await client.auth.test();
      me = { team: known.team_id ?? '', botUser: known.user_id ?? '', botName: known.user ?? 'pipewarden' };
      botId = known.bot_id ?? '';
      healthyAt = Number(clock.now());
      return known.response_metadata?.scopes ?? [];
    } catch (error) {
      throw new Error(`Slack: ${sendError(error, me.botName).message}`, { cause: error });
    }
  }

  return {
    platform: 'slack',
    capabilities: { tableRows: 30, selectOptions: 100, answersStay: true },
    // Slack does not tell a repeat from another message.
    pace: { oncePerKey: 0, postEvery: 1_000 },
    routes: http ? [http.route] : [],

    async start(heard) {
      const scopes = await introduce();
      const missing = scopes.length === 0 ? [] : REQUIRED.filter((scope) => !scopes.includes(scope));
      if (missing.length > 0) {
        throw new Error(
          `Slack: the app lacks ${missing.join(', ')}. Add ${missing.length > 1 ? 'them' : 'it'} under “OAuth & Permissions” and install the app again.`,
        );
      }
      people.begin(me.team, scopes);
      patience.start();
      trouble = undefined;
      listener = heard;
      if (!heard) {
        await socket?.stop();
        await http?.stop();
        return;
      }
      await http?.start();
      try {
        await socket?.start();
      } catch (error) {
        throw new Error(`Slack: no socket with SLACK_APP_TOKEN: ${sendError(error, me.botName).message}`, { cause: error });
      }
      // An app that was removed comes back with another token, and so with a new start.
      await heard.returned({ platform: 'slack', team: me.team });
    },

    async check() {
      if (trouble !== undefined) throw new Error(`Slack: ${trouble}`);
      if (listener && socket && !socket.isOn) throw new Error('Slack: the socket is not connected; connecting again.');
      if (Number(clock.now()) - healthyAt > HEALTHY_FOR) await introduce();
    },

    post: (place, message, key) => sender.post(place, message, key),
    edit: (place, externalId, message) => sender.edit(place, externalId, message),

    async stop() {
      // Ends the waiting for Slack: pictures that are ready are still shown.
      patience.stop();
      await socket?.stop();
      await http?.stop();
      await background.idle();
      await show.background.idle();
      listener = undefined;
    },
  };
}
