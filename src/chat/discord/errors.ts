import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { SendError } from '../../core/messages/send-error.ts';

/** Discord's error codes that mean something to us. */
export const CODE = {
  unknownChannel: 10_003,
  unknownMember: 10_007,
  unknownMessage: 10_008,
  unknownUser: 10_013,
  unknownWebhook: 10_015,
  unknownInteraction: 10_062,
  tooManyOldEdits: 30_046,
  alreadyAcknowledged: 40_060,
  noAccess: 50_001,
  noDirectMessages: 50_007,
  noPermission: 50_013,
  notInThisChannel: 50_024,
  invalidToken: 50_027,
  invalidForm: 50_035,
  archived: 50_083,
  noSharedServer: 50_278,
  overloaded: 130_000,
  threadExists: 160_004,
  threadLocked: 160_005,
} as const;

export const codeOf = (error: unknown): number | undefined => (error instanceof DiscordAPIError ? Number(error.code) : undefined);

const ended: readonly number[] = [CODE.unknownInteraction, CODE.invalidToken, CODE.unknownWebhook];

/** The permission to answer an interaction has run out. */
export const hasEnded = (error: unknown): boolean => ended.includes(codeOf(error) ?? 0);

/** How sending failed. `where` says what we may not do there, as far as it is known. */
export function sendError(error: unknown, where: () => string): SendError {
  if (error instanceof SendError) return error;
  if (error instanceof RateLimitError) return later('Discord asks to slow down.', error, Math.max(error.retryAfter, 500));
  if (error instanceof DiscordAPIError) return refused(error, where);
  // Discord's own trouble: it may have been done.
  if (error instanceof HTTPError) return new SendError('unknown', `Discord answered ${error.status}.`, { cause: error });
  const { message = '', cause } = error as { message?: string; cause?: { code?: string } };
  if (/expected token to be set/i.test(message)) return tokenRefused(error);
  if (neverArrived.has(cause?.code ?? '')) return later('Discord cannot be reached.', error);
  return new SendError('unknown', 'No answer came from Discord.', { cause: error });
}

/** Network trouble from before a request was sent. */
const neverArrived = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const later = (message: string, cause: unknown, retryAfterMs?: number): SendError =>
  new SendError('later', message, { cause, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });

const tokenRefused = (cause: unknown): SendError =>
  new SendError('team', 'Discord refuses the bot’s token. Reset it in the developer portal, set DISCORD_TOKEN and restart.', {
    cause,
  });

function refused(error: DiscordAPIError, where: () => string): SendError {
  const closed = (message: string) => new SendError('place', message, { cause: error });
  switch (Number(error.code)) {
    case CODE.unknownInteraction:
    case CODE.invalidToken:
    case CODE.unknownWebhook:
      return new SendError('ended', 'Discord lets me answer for 15 minutes only.', { cause: error });
    case CODE.unknownChannel:
      return closed('This channel does not exist any more. Choose another one.');
    case CODE.noAccess:
    case CODE.noPermission:
      return closed(where());
    case CODE.noDirectMessages:
    case CODE.noSharedServer:
    case CODE.unknownUser:
      return closed('They take no direct messages from me. They can allow them in the privacy settings of the server.');
    case CODE.threadLocked:
    case CODE.archived:
      return closed('The thread is locked. Unlock it, or give me Manage Threads.');
    case CODE.tooManyOldEdits:
      return later('Discord allows few edits of old messages.', error, 60_000);
    case CODE.overloaded:
      return later('Discord is overloaded.', error, 10_000);
  }
  if (error.status === 401) return tokenRefused(error);
  if (error.status === 403 || error.status === 404) return closed(where());
  return new SendError('message', `Discord refuses this message (${error.code}): ${faultsOf(error.rawError)}`, { cause: error });
}

/** Where in the body Discord found what is wrong: `components.0.components.3.content BASE_TYPE_MAX_LENGTH`. */
function faultsOf(raw: unknown): string {
  const found: string[] = [];
  const walk = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, inner] of Object.entries(node)) {
      if (key !== '_errors') walk(inner, path === '' ? key : `${path}.${key}`);
      else for (const { code } of inner as { code: string }[]) found.push(`${path} ${code}`);
    }
  };
  const { errors, message } = raw as { errors?: unknown; message?: string };
  walk(errors, '');
  return found.length > 0 ? found.slice(0, 5).join(', ') : (message ?? 'no reason given');
}
