import { withNamedOptions } from '../../core/commands/as-typed.ts';
import type { CommandFacts } from '../../core/commands/command.ts';
import type { ChatAdapter, ChatListener } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Draw } from '../../core/ports/draw.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Seal } from '../../core/ports/seal.ts';
import { createApi } from './api.ts';
import { Desk } from './desk.ts';
import { interactionsRoute } from './endpoint.ts';
import { Forms } from './forms.ts';
import { Gateway } from './gateway.ts';
import { LIMITS } from './limits.ts';
import { missingIn, Presence } from './presence.ts';
import { Receiver } from './receive.ts';
import { Replies } from './replies.ts';
import { Sender } from './send.ts';

export interface DiscordOptions {
  config: { token: string; applicationId: string; publicKey?: string | undefined; apiUrl?: string | undefined };
  /** What can be typed, as it was registered. */
  commands: readonly CommandFacts[];
  draw: Draw;
  clock: Clock;
  log: Log;
  seal: Seal;
  publicUrl?: string | undefined;
}

/** Discord: people are heard on the gateway, everything is sent by REST. */
export function createDiscord({ config, commands, draw, clock, log, seal, publicUrl }: DiscordOptions): ChatAdapter {
  const api = createApi(config);
  const replies = new Replies({ api, clock, log });
  const desk = new Desk({ api, replies, clock, seal, log });
  const forms = new Forms(desk);
  let isStarted = false;
  let gateway: Gateway | undefined;
  let receiver: Receiver | undefined;
  const sender = new Sender({
    ...{ api, replies, draw, clock, log, seal, link: publicUrl },
    missingIn: (channel) => missingIn(gateway?.client, channel),
  });

  return {
    platform: 'discord',
    capabilities: { tableRows: 15, selectOptions: LIMITS.options },
    // Discord knows a message again by its nonce for some minutes; how fast it takes them it tells itself.
    pace: { oncePerKey: 120_000, postEvery: 0 },
    // Its gateway tells every connection everything.
    oneListens: true,
    routes: config.publicKey ? [interactionsRoute(config.publicKey)] : [],

    async start(listener?: ChatListener): Promise<void> {
      const before = gateway;
      // At once: whoever starts us anew while we wait closes this one.
      const opened = listener && new Gateway({ token: config.token, apiUrl: config.apiUrl, log });
      gateway = opened;
      isStarted = true;
      await before?.close();
      if (!opened) return;
      receiver = new Receiver({ commands, listener, desk, forms, log });
      receiver.listen(opened.client);
      await opened.open();
      new Presence(opened.client, listener, log).begin();
    },

    /** Without the gateway there is nothing to be broken: each request tells by itself. */
    async check(): Promise<void> {
      if (!isStarted) throw new Error('Discord is not connected.');
      await gateway?.check();
    },

    post: (place, message, key) => sender.post(place, withNamedOptions(message, commands), key),
    edit: (place, externalId, message) => sender.edit(place, externalId, withNamedOptions(message, commands)),

    async stop(): Promise<void> {
      await gateway?.close();
      await receiver?.idle();
      replies.stop();
      api.close();
    },
  };
}
