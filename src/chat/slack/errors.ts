import { webApi } from '@slack/bolt';
import { SendError } from '../../core/messages/send-error.ts';

/** What Slack's codes mean for sending, in sentences that say what to do. `@bot` is our name there. */
const places: Record<string, string> = {
  channel_not_found: 'Slack knows no such channel, or keeps it from us. Type “/invite @bot” there.',
  not_in_channel: 'We are not in this channel. Type “/invite @bot” there.',
  user_not_in_channel: 'This person is not in the channel any more.',
  is_archived: 'The channel is archived. Unarchive it, or choose another one.',
  channel_is_archived: 'The channel is archived. Unarchive it, or choose another one.',
  restricted_action: 'Only some may post in this channel. An admin of the workspace can let us, or choose another channel.',
  restricted_action_read_only_channel:
    'The channel is read-only. An admin of the workspace can let us post, or choose another one.',
  restricted_action_thread_only_channel: 'Only replies may be posted in this channel. Choose another one.',
  messages_tab_disabled: 'The Messages tab of our app is off. Turn it on under “App Home” in the app’s settings.',
  cannot_dm_bot: 'Slack lets bots write to people only.',
};

const reinstall = 'Install the app again and put the new token into SLACK_BOT_TOKEN.';
const teams: Record<string, string> = {
  invalid_auth: `Slack does not know our token. ${reinstall}`,
  not_authed: `Slack does not know our token. ${reinstall}`,
  account_inactive: `The app was removed from the workspace. ${reinstall}`,
  token_revoked: `Our token was revoked. ${reinstall}`,
  token_expired: `Our token has run out. ${reinstall}`,
  team_access_not_granted: 'The app has no access to this workspace. An admin of the organisation can grant it.',
  org_login_required: 'Slack is moving this workspace. It works again once that is over.',
  missing_scope: 'The app may not do this. Add the scope under “OAuth & Permissions” and install it again.',
  access_denied: 'Slack denies the app this. An admin of the workspace can allow it.',
};

const busy = new Set(['ratelimited', 'rate_limited', 'service_unavailable', 'request_timeout', 'team_added_to_org']);
/** Slack says of these that a part may have been done. */
const unsure = new Set(['internal_error', 'fatal_error']);

/** Nothing of the request has left us. */
const unsent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

export interface Platform {
  error: string;
  needed?: string;
  details?: readonly string[];
}

export function sendError(error: unknown, botName: string): SendError {
  if (error instanceof SendError) return error;
  const { WebAPIPlatformError, WebAPIRateLimitedError, WebAPIHTTPError } = webApi;
  if (error instanceof WebAPIRateLimitedError) return tooMuch(error.retryAfter * 1_000, error);
  if (error instanceof WebAPIHTTPError) return httpError(error.statusCode, error);
  if (error instanceof WebAPIPlatformError) {
    const { error: code, response_metadata: metadata, needed } = error.data as typeof error.data & { needed?: string };
    return platformError({ error: code, needed, details: metadata?.messages }, botName, error);
  }
  return networkError(error);
}

/** Without a time where Slack gives none that can be read. */
export const tooMuch = (ms: number | undefined, cause?: unknown): SendError =>
  new SendError('later', 'Slack takes no more for now.', { retryAfterMs: Number.isFinite(ms) ? ms : undefined, cause });

export function httpError(status: number, cause?: unknown): SendError {
  if (status === 504) return new SendError('unknown', 'Slack did not answer in time.', { cause });
  return new SendError('later', `Slack answers with HTTP ${status}.`, { cause });
}

/** Whether it has arrived is known only if it was never sent. */
export function networkError(error: unknown): SendError {
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 6; cause = cause.cause, depth++) {
    const { code } = cause as { code?: string };
    if (code !== undefined && unsent.has(code))
      return new SendError('later', `Slack cannot be reached (${code}).`, { cause: error });
  }
  return new SendError('unknown', 'No answer came from Slack.', { cause: error });
}

export function platformError({ error: code, needed, details = [] }: Platform, botName: string, cause?: unknown): SendError {
  if (busy.has(code)) return tooMuch(undefined, cause);
  if (unsure.has(code)) return new SendError('unknown', `Slack failed (${code}).`, { cause });
  const team = teams[code];
  if (team)
    return new SendError('team', code === 'missing_scope' && needed ? team.replace('the scope', `the scope ${needed}`) : team, {
      cause,
    });
  const place = places[code.startsWith('restricted_action') ? 'restricted_action' : code];
  if (place) return new SendError('place', place.replace('@bot', `@${botName}`), { cause });
  const more = details.length > 0 ? `: ${details.join('; ').slice(0, 500)}` : '';
  return new SendError('message', `Slack refuses it (${code})${more}`, { cause });
}
