import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import { parsed } from './content.ts';
import { given, isRecord, type Json, text } from './json.ts';
import { receiveUpload } from './methods/files.ts';
import { methods } from './methods/index.ts';
import { needScope } from './methods/method.ts';
import type { Limiter } from './rates.ts';
import { faultOf, Refusal, refuse } from './refusal.ts';
import { respond } from './respond.ts';
import type { Troubles } from './trouble.ts';
import type { Fault, Request } from './types.ts';
import type { World } from './world.ts';

interface Answer {
  status: number;
  body: Json | string;
  headers?: Record<string, string>;
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function readArgs(raw: Buffer, contentType: string, query: string): Json {
  if (contentType.startsWith('application/json')) {
    const body = parsed(raw.toString() || '{}', 'invalid_json');
    return isRecord(body) ? body : refuse('json_not_object');
  }
  return { ...parse(query), ...parse(raw.toString()) };
}

/** Whose token this is; refuses all but the two of the app. */
function authenticate(world: World, token: string, appToken: boolean): void {
  if (!token) refuse('not_authed');
  if (token === world.appToken) {
    if (!appToken) refuse('not_allowed_token_type');
    return;
  }
  if (token !== world.botToken) refuse('invalid_auth');
  if (world.tokenState !== 'active') refuse(world.tokenState);
  if (appToken) refuse('not_allowed_token_type');
}

/** Carries one Web API call out. */
function call(world: World, limiter: Limiter, name: string, token: string, args: Json): Answer {
  const method = methods[name];
  const headers = { 'x-oauth-scopes': [...world.scopes].join(','), 'x-accepted-oauth-scopes': method?.scope ?? '' };
  try {
    if (!method) return refuse('unknown_method', [], { req_method: name });
    authenticate(world, token, method.appToken === true);
    const wait = limiter.take(name, method.tier, args);
    if (wait !== undefined)
      return { status: 429, body: { ok: false, error: 'ratelimited' }, headers: { 'retry-after': String(wait) } };
    if (method.scope) needScope(world, method.scope);
    return { status: 200, body: method.run(world, args), headers };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const fault = faultOf(name, error);
    if (fault) world.problems.push(fault);
    return { status: 200, body: error.answer, headers };
  }
}

function faked(fault: Fault): Answer | undefined {
  if (fault.status !== undefined || fault.retryAfter !== undefined) {
    const status = fault.status ?? 429;
    const headers: Record<string, string> = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
    return { status, body: { ok: false, error: fault.error ?? 'internal_error', ...fault.fields }, headers };
  }
  return fault.error ? { status: 200, body: { ok: false, error: fault.error, ...fault.fields } } : undefined;
}

interface Work {
  method: string;
  args: Json;
  token: string;
  run(): Promise<Answer>;
}

function unreadable(error: unknown): Work {
  if (!(error instanceof Refusal)) throw error;
  return { method: 'unreadable', args: {}, token: '', run: async () => ({ status: 200, body: error.answer }) };
}

/** A form carries what is nested as JSON texts; the log shows what they mean. */
const decoded = (args: Json): Json =>
  Object.fromEntries(
    Object.entries(args).map(([key, value]) => {
      if (typeof value !== 'string' || !/^[[{]/.test(value)) return [key, value];
      try {
        return [key, JSON.parse(value)];
      } catch {
        return [key, value];
      }
    }),
  );

/** What the fake's own address answers: the Web API, uploads and response urls. */
export function createApi(world: World, limiter: Limiter, troubles: Troubles) {
  async function work(path: string, raw: Buffer, request: IncomingMessage): Promise<Work> {
    const contentType = request.headers['content-type'] ?? '';
    const [address = '', query = ''] = path.split('?');
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const [, first, second, third] = address.split('/');
    if (first === 'api' && second) {
      const { token: inBody, ...args } = readArgs(raw, contentType, query);
      const token = bearer || text(inBody);
      return { method: second, args, token, run: async () => call(world, limiter, second, token, args) };
    }
    if (first === 'upload' && third) {
      return { method: 'upload', args: { file: third }, token: bearer, run: () => receiveUpload(world, third, raw, contentType) };
    }
    if ((first === 'commands' || first === 'actions') && third) {
      const args = readArgs(raw, contentType, query);
      return { method: 'response_url', args, token: '', run: async () => respond(world, third, args) };
    }
    return { method: address, args: {}, token: bearer, run: async () => ({ status: 404, body: 'not found' }) };
  }

  return async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await readBody(request);
    const { method, args, token, run } = await work(request.url ?? '/', raw, request).catch(unreadable);
    const entry: Request = { kind: 'request', at: world.now(), method, args: decoded(args), token, status: 0, answer: undefined };
    world.log.push(entry);
    await troubles.pass(method);
    const fault = troubles.next(method, entry.args);
    const kinds = Object.keys(fault ?? {}).filter((key) => key !== 'times' && key !== 'when');
    if (fault) entry.trouble = kinds.join(' ');
    if (given(fault?.delay)) await new Promise((resolve) => setTimeout(resolve, fault?.delay));
    if (fault?.drop === 'before') return void request.socket.destroy();
    const answer = (fault && faked(fault)) ?? (await run());
    entry.status = answer.status;
    entry.answer = answer.body;
    if (fault?.drop === 'after') return void request.socket.destroy();
    const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    const type = typeof answer.body === 'string' ? 'text/plain' : 'application/json; charset=utf-8';
    response.writeHead(answer.status, { 'content-type': type, ...answer.headers }).end(body);
  };
}
