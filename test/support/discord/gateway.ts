import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { FakeDiscord, FakeDiscordOptions } from './interface.ts';
import { isRecord, type Json, record, text } from './json.ts';
import { guildJson, userJson } from './payloads.ts';

import { findUser, type World } from './world.ts';

interface Session {
  id: string;
  intents: number;
  seq: number;
  /** Everything sent, for those who come back. */
  sent: { s: number; frame: string }[];
  socket: WebSocket | undefined;
}

export interface Gateway
  extends Pick<FakeDiscord, 'identifies' | 'resumes' | 'reconnectSockets' | 'invalidateSessions' | 'closeSockets'> {
  url(): string;
  sessionStarts: number;
  heartbeats: number;
  refuses: boolean;
  ignoresHeartbeats: boolean;
  /** Sessions that can get events, now or when they come back. */
  sessions(): number;
  /** Sockets with a session. */
  ready(): number;
  sockets(): number;
  close(): void;
}

export function createGateway(world: World, server: Server, options: FakeDiscordOptions): Gateway {
  const sockets = new WebSocketServer({ noServer: true });
  const sessions = new Map<string, Session>();
  const held = new WeakMap<WebSocket, Session>();
  const allowed = options.intents?.allowed ?? 1;

  const note = (direction: 'in' | 'out', frame: Json): void => {
    const { op, t, s, d } = frame;
    world.log.push({
      kind: 'gateway',
      at: world.now(),
      direction,
      op: Number(op),
      ...(t ? { t: text(t) } : {}),
      ...(s ? { s: Number(s) } : {}),
      d,
    });
  };
  const send = (socket: WebSocket, frame: Json): void => {
    if (frame.op !== 11) note('out', frame);
    socket.send(JSON.stringify(frame));
  };

  function emitTo(session: Session, t: string, d: Json): void {
    if (!(session.intents & 1) && !['READY', 'INTERACTION_CREATE'].includes(t)) return;
    session.seq += 1;
    const frame = { op: 0, t, s: session.seq, d };
    session.sent.push({ s: session.seq, frame: JSON.stringify(frame) });
    if (session.socket) send(session.socket, frame);
  }
  world.emit = (t, d) => {
    for (const session of sessions.values()) emitTo(session, t, d);
  };

  function identify(socket: WebSocket, d: Json): Session | undefined {
    const intents = Number(d.intents);
    const accepted = d.token === world.token && world.tokenValid;
    const extra = intents & ~allowed;
    gateway.identifies.push({ at: world.now(), intents, token: text(d.token), accepted });
    if (!accepted) socket.close(4004, 'Authentication failed.');
    else if (!Number.isInteger(intents) || intents < 0) socket.close(4013, 'Invalid intent(s).');
    else {
      if (extra) world.problems.push(`IDENTIFY asks for more intents than it needs: ${extra}`);
      if (extra && options.intents?.refuse) socket.close(4014, 'Disallowed intent(s).');
      else return begin(socket, intents);
    }
    return undefined;
  }

  function begin(socket: WebSocket, intents: number): Session {
    const session: Session = { id: randomBytes(16).toString('hex'), intents, seq: 0, sent: [], socket };
    sessions.set(session.id, session);
    const guilds = [...world.guilds.values()].filter((guild) => guild.joined);
    emitTo(session, 'READY', {
      v: 10,
      user: { ...userJson(findUser(world, world.botId)), verified: true, mfa_enabled: true, email: null, flags: 0 },
      guilds: guilds.map((guild) => ({ id: guild.id, unavailable: true })),
      session_id: session.id,
      session_type: 'normal',
      resume_gateway_url: gateway.url(),
      shard: [0, 1],
      application: { id: world.applicationId, flags: 0 },
    });
    for (const guild of guilds) if (!guild.unavailable) emitTo(session, 'GUILD_CREATE', guildJson(world, guild));
    return session;
  }

  function resume(socket: WebSocket, d: Json): Session | undefined {
    const session = sessions.get(text(d.session_id));
    const seq = Number(d.seq);
    const entry = { at: world.now(), seq, accepted: false, replayed: 0 };
    gateway.resumes.push(entry);
    if (d.token !== world.token || !world.tokenValid) socket.close(4004, 'Authentication failed.');
    else if (!session) send(socket, { op: 9, d: false });
    else if (seq > session.seq) socket.close(4007, 'Invalid seq.');
    else {
      const missed = session.sent.filter((event) => event.s > seq);
      for (const event of missed) socket.send(event.frame);
      entry.accepted = true;
      entry.replayed = missed.length;
      session.socket = socket;
      emitTo(session, 'RESUMED', {});
      return session;
    }
    return undefined;
  }

  function connect(socket: WebSocket): void {
    let sent = 0;
    send(socket, { op: 10, d: { heartbeat_interval: options.heartbeatMs ?? 41_250 } });
    socket.on('message', (data: RawData) => {
      const session = held.get(socket);
      sent += 1;
      if (sent > 120) return socket.close(4008, 'You are being rate limited.');
      const frame = parse(String(data));
      if (!frame) return socket.close(4002, 'Error while decoding payload.');
      if (frame.op === 1) {
        gateway.heartbeats += 1;
        if (!gateway.ignoresHeartbeats) send(socket, { op: 11, d: null });
        return undefined;
      }
      note('in', frame);
      if (frame.op !== 2 && frame.op !== 6) return session ? undefined : socket.close(4003, 'Not authenticated.');
      if (session) return socket.close(4005, 'Already authenticated.');
      const next = frame.op === 2 ? identify(socket, record(frame.d)) : resume(socket, record(frame.d));
      if (next) held.set(socket, next);
      return undefined;
    });
    socket.on('close', (code) => {
      const session = held.get(socket);
      if (session?.socket !== socket) return;
      session.socket = undefined;
      // Leaving in good order ends the session; anything else leaves it open for a resume.
      if (code === 1000 || code === 1001) sessions.delete(session.id);
    });
    socket.on('error', () => {});
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const query = new URL(request.url ?? '/', world.url).searchParams;
    const isAsked = query.get('v') === '10' && query.get('encoding') === 'json' && !query.has('compress');
    if (gateway.refuses || !isAsked) socket.destroy();
    else sockets.handleUpgrade(request, socket, head, connect);
  });

  const open = () => [...sockets.clients].filter((socket) => socket.readyState === socket.OPEN);
  const gateway: Gateway = {
    identifies: [],
    resumes: [],
    sessionStarts: options.sessionStarts ?? 1000,
    heartbeats: 0,
    refuses: false,
    ignoresHeartbeats: false,
    url: () => `${world.url.replace('http', 'ws')}/gateway`,
    sessions: () => sessions.size,
    ready: () => [...sessions.values()].filter((session) => session.socket).length,
    sockets: () => open().length,
    reconnectSockets() {
      for (const socket of open()) send(socket, { op: 7, d: null });
    },
    invalidateSessions(resumable) {
      if (!resumable) sessions.clear();
      for (const session of sessions.values()) session.socket = undefined;
      for (const socket of open()) {
        held.delete(socket);
        send(socket, { op: 9, d: resumable });
      }
    },
    closeSockets(code) {
      for (const socket of open()) {
        // Events of this very moment already miss the one who is cut off.
        for (const session of sessions.values()) if (session.socket === socket) session.socket = undefined;
        if (code === undefined) socket.terminate();
        else socket.close(code);
      }
    },
    close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
  return gateway;
}

function parse(data: string): Json | undefined {
  try {
    const frame: unknown = JSON.parse(data);
    return isRecord(frame) ? frame : undefined;
  } catch {
    return undefined;
  }
}
