import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between us and a server, and does to the connections what networks and dying servers do. */
export interface FaultProxy {
  /** The server's address, through the proxy. */
  url: string;
  /** Open connections. */
  connections(): number;
  /** Ends every connection now; new ones are let through. */
  cut(): void;
  /**
   * Once: ends the connection on which these texts pass from client to server, one after the other. `before`: the server never sees
   * the last one. `after`: the server carries it out, and its answer never arrives. Resolves when it has happened.
   */
  cutAt(texts: readonly string[], when: 'before' | 'after'): Promise<void>;
  /** As when the server is down: connections end, new ones are refused. */
  refuse(): Promise<void>;
  /** As when the network drops packets: connections stay and new ones are taken, but nothing comes through any more. */
  swallow(): void;
  /** Everything takes so much longer, each way. */
  delay(ms: number): void;
  /** All is well again. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

interface Trap {
  texts: readonly string[];
  when: 'before' | 'after';
  sprung: () => void;
}

/** Of a URL that names none. */
const ports: Record<string, number> = { 'postgres:': 5432, 'postgresql:': 5432, 'redis:': 6379 };

/** `replace`: words of the server's answers, by others of the same length. */
export async function faultProxy(target: string, replace?: readonly [string, string]): Promise<FaultProxy> {
  const url = new URL(target);
  const [host, port] = [url.hostname, Number(url.port || ports[url.protocol])];
  const pairs = new Set<() => void>();
  let trap: Trap | undefined;
  let swallowing = false;
  let latency = 0;

  const server = createServer((client) => {
    const upstream = connect(port, host);
    const end = () => {
      pairs.delete(end);
      client.destroy();
      upstream.destroy();
    };
    pairs.add(end);
    /** How many of the trap's texts have passed here. */
    let passed = 0;
    let lastAnswer: Trap | undefined;
    const spring = (sprungTrap: Trap) => {
      end();
      sprungTrap.sprung();
    };
    const pass = (to: Socket, chunk: Buffer) => {
      if (swallowing) return;
      if (latency === 0) to.write(chunk);
      else setTimeout(() => to.writable && to.write(chunk), latency);
    };
    client.on('data', (chunk) => {
      const set = trap;
      if (set) {
        const text = chunk.toString('latin1');
        while (passed < set.texts.length && text.includes(set.texts[passed] as string)) passed += 1;
        if (passed === set.texts.length) {
          trap = undefined;
          if (set.when === 'before') return spring(set);
          lastAnswer = set;
        }
      } else passed = 0;
      pass(upstream, chunk);
    });
    upstream.on('data', (chunk) => {
      if (lastAnswer) spring(lastAnswer);
      else pass(client, replace ? Buffer.from(chunk.toString('latin1').replace(...replace), 'latin1') : chunk);
    });
    for (const socket of [client, upstream]) {
      socket.on('error', () => {});
      socket.on('close', end);
    }
  });

  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  const cut = () => {
    for (const end of [...pairs]) end();
  };
  const refuse = () =>
    new Promise<void>((resolve) => {
      if (server.listening) server.close(() => resolve());
      else resolve();
      cut();
    });
  await listen(0);
  const own = (server.address() as AddressInfo).port;
  url.hostname = '127.0.0.1';
  url.port = String(own);

  return {
    url: url.href,
    connections: () => pairs.size,
    cut,
    cutAt: (texts, when) =>
      new Promise<void>((resolve) => {
        trap = { texts, when, sprung: resolve };
      }),
    refuse,
    swallow() {
      swallowing = true;
    },
    delay(ms) {
      latency = ms;
    },
    async heal() {
      [swallowing, latency, trap] = [false, 0, undefined];
      if (!server.listening) await listen(own);
    },
    close: refuse,
  };
}
