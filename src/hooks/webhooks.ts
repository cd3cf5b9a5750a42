import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { targetMistake } from '../core/audit/forward.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { WebhookOutcome, WebhookRequest, Webhooks, WebhookTarget } from '../core/ports/webhooks.ts';
import { guardedLookup, Refused, type Resolve, refusalOf, systemResolve } from './resolve.ts';

/** From the first packet to the end of the answer (ms). */
const LONGEST = 15_000;
/** Of an answer nobody reads: so much is taken, that the connection can be used again. */
const MOST_OF_ANSWER = 64 * 1024;
const SOCKETS = 4;

type Answered = Extract<WebhookOutcome, { kind: 'answered' }>;

/**
 * Posts with Node's own client: no redirect is followed, no proxy asked. `resolve` may be another one for tests; `ca` is a
 * certificate to trust beside the system's.
 */
export function createWebhooks({
  clock,
  resolve = systemResolve,
  ca,
}: {
  clock: Pick<Clock, 'after'>;
  resolve?: Resolve;
  ca?: string;
}): Webhooks {
  // Connections are kept and used again, those to public and to private addresses never for each other.
  const kept = (allowPrivate: boolean) => ({
    keepAlive: true,
    maxSockets: SOCKETS,
    lookup: guardedLookup(resolve, allowPrivate),
    ...(ca === undefined ? {} : { ca }),
  });
  const agents = {
    public: new https.Agent(kept(false)),
    private: new https.Agent(kept(true)),
    plain: new http.Agent(kept(true)),
  };
  const running = new Set<() => void>();
  let stopped = false;

  /** Sockets ask no resolver about an address: what is written as one, in whatever notation, is looked at here. */
  function mistakeOf({ url, allowPrivate }: WebhookTarget): string | undefined {
    const mistake = targetMistake(url, allowPrivate);
    if (mistake !== undefined) return `The url ${mistake}.`;
    const host = hostOf(url);
    return isIP(host) === 0 || allowPrivate ? undefined : refusalOf(host, [{ address: host, family: isIP(host) }]);
  }

  function send(target: WebhookRequest, isFirst = true): Promise<WebhookOutcome> {
    const { url, allowPrivate, headers, body } = target;
    const { protocol, host } = new URL(url);
    const agent = protocol === 'http:' ? agents.plain : allowPrivate ? agents.private : agents.public;
    const options = { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) }, agent };
    return new Promise((settle) => {
      const request = (protocol === 'http:' ? http : https).request(url, options);
      let answered: Answered | undefined;
      const end = (outcome: WebhookOutcome | Promise<WebhookOutcome>) => {
        cancel();
        running.delete(stop);
        settle(outcome);
      };
      const stop = () => {
        end({ kind: 'stopped' });
        request.destroy();
      };
      const cancel = clock.after(LONGEST, () => {
        // One that is slow to end its answer has answered.
        end(answered ?? { kind: 'unanswered', why: `${host} did not answer within ${LONGEST / 1_000} s.` });
        request.destroy();
      });
      running.add(stop);
      request.on('response', (response) => {
        const after = response.headers['retry-after'];
        const answer: Answered = { kind: 'answered', status: response.statusCode ?? 0, ...(after ? { retryAfter: after } : {}) };
        answered = answer;
        let taken = 0;
        response.on('data', (chunk: Buffer) => {
          taken += chunk.length;
          if (taken > MOST_OF_ANSWER) request.destroy();
        });
        response.on('error', () => {});
        response.on('close', () => end(answer));
      });
      request.on('error', (error) => {
        // The receiver closed a kept connection just as we used it again: that says nothing about it.
        if (isFirst && request.reusedSocket && !answered) end(stopped ? { kind: 'stopped' } : send(target, false));
        else end(answered ?? { kind: 'unanswered', why: whyIn(error, host) });
      });
      request.end(body);
    });
  }

  return {
    async post(target) {
      if (stopped) return { kind: 'stopped' };
      const mistake = mistakeOf(target);
      return mistake === undefined ? send(target) : { kind: 'unanswered', why: mistake };
    },
    async refusal(target) {
      const mistake = mistakeOf(target);
      if (mistake !== undefined) return mistake;
      const host = hostOf(target.url);
      if (isIP(host) !== 0) return undefined;
      return resolve(host).then(
        (found) => (target.allowPrivate ? undefined : refusalOf(host, found)),
        (error) => whyIn(error, host),
      );
    },
    stop() {
      stopped = true;
      for (const stop of running) stop();
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** As sockets know it: an IPv6 address without its brackets. */
const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '');

function whyIn(error: unknown, host: string): string {
  if (error instanceof Refused) return error.message;
  const { code = 'no reason told' } = error as { code?: string };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `The name server has no address of ${host} (${code}).`;
  if (code === 'ECONNREFUSED') return `${host} refuses the connection.`;
  if (code === 'ECONNRESET' || code === 'EPIPE') return `${host} closed the connection without an answer.`;
  if (code.startsWith('HPE_')) return `${host} does not answer in HTTP (${code}).`;
  if (/CERT|SELF_SIGNED|TLS|SSL|ERR_OSSL|UNABLE_TO/.test(code)) {
    return `${host} cannot be trusted (${code}): for a certificate authority of your own set NODE_EXTRA_CA_CERTS.`;
  }
  return `${host} cannot be reached (${code}).`;
}
