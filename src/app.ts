import { createHmac } from 'node:crypto';
import { commands } from '../commands/index.ts';
import { createDraw } from './charts/draw.ts';
import { builtInRoles, connectAll, consoleOf, lastResort, platformsOf } from './chats.ts';
import { type Config, isLoopback } from './config/env.ts';
import { requireSecrets } from './config/forward-secrets.ts';
import { keyFor, ownSecretKey, signingKey } from './config/own-keys.ts';
import { keepPolicy } from './config/policy-file.ts';
import { createSeal } from './config/seal.ts';
import { createSigner } from './config/signing.ts';
import { createDemo } from './connectors/demo/demo.ts';
import { Background } from './core/background.ts';
import { authorise } from './core/people/actor.ts';
import type { ChatAdapter } from './core/ports/chat.ts';
import type { Clock } from './core/ports/clock.ts';
import type { Connector } from './core/ports/connector.ts';
import type { OwedKind } from './core/ports/jobs.ts';
import type { Log } from './core/ports/log.ts';
import { fingerprint } from './core/privacy/mask.ts';
import { collectAudit } from './flows/audit/collect.ts';
import { createRefusals } from './flows/audit/refusals.ts';
import { createVerification } from './flows/audit/verification.ts';
import type { verifyAudit } from './flows/audit/verify.ts';
import type { Connection } from './flows/chat/connect.ts';
import { listenerFor } from './flows/chat/listener.ts';
import { leave } from './flows/chat/presence.ts';
import { tellOwners } from './flows/chat/tell-owners.ts';
import { collect } from './flows/delivery/collect.ts';
import { beginForwards, forwardEvents } from './flows/forwards/forward.ts';
import { jobHandlers, oweTicks } from './flows/handlers.ts';
import { identify } from './flows/people/identify.ts';
import { createLogins } from './flows/people/login.ts';
import { ownerCode, owners } from './flows/people/owner.ts';
import { createWebhooks } from './hooks/webhooks.ts';
import { healthRoutes } from './http/health-routes.ts';
import { createMetrics } from './http/metrics.ts';
import { createServer } from './http/server.ts';
import { type ApiToken, bearer } from './http/tokens.ts';
import { createJobs } from './queue/index.ts';
import type { RunningJobs } from './queue/loop.ts';
import { routesOf } from './routes.ts';
import { openEmbedded } from './storage/database.ts';
import { openPostgres } from './storage/postgres.ts';
import { useOf } from './use.ts';

export interface App {
  /** Resolves when everything listens and the demo's history is there; closes what was opened if a part fails. */
  start(): Promise<void>;
  /** Known once started, e.g. http://127.0.0.1:3000. */
  url: string;
  /** Works off everything that is due now; for tests with a clock of their own. */
  runDue(): Promise<void>;
  /** What `/warden login CODE` makes its user owner with; undefined once there is one. */
  ownerCode(): Promise<string | undefined>;
  /** Reads the policy file again; with mistakes in it the old one stays. Whether it was taken. */
  reloadPolicy(): boolean;
  /** Closes the parts in reverse order; safe to call twice. */
  stop(): Promise<void>;
}

export interface AppParts {
  config: Config;
  tokens: readonly ApiToken[];
  clock: Clock;
  log: Log;
  /** Told when the embedded database ends under us; only a new process helps. */
  broke?: (error: unknown) => void;
  /** What checks the trail; a test makes it take its time. */
  verify?: typeof verifyAudit | undefined;
}

/** The composition root: with `chats.ts`, `routes.ts` and `use.ts` the one place that names every concrete part. */
export function createApp({ config, tokens, clock, log, broke, verify }: AppParts): App {
  const [listens, worksOff] = [config.role !== 'worker', config.role !== 'web'];
  const opened: (() => Promise<void>)[] = [];
  let jobs: RunningJobs | undefined;
  let reload = () => false;
  let codeOfOwner: App['ownerCode'] = async () => undefined;

  const app: App = {
    url: '',
    async start() {
      try {
        await startParts();
      } catch (error) {
        await app.stop();
        throw error;
      }
    },
    async runDue() {
      await jobs?.runDue();
    },
    ownerCode: () => codeOfOwner(),
    reloadPolicy: () => reload(),
    async stop() {
      for (let close = opened.pop(); close; close = opened.pop()) {
        await close().catch((error: unknown) => log.error({ error: String(error) }, 'a part did not close'));
      }
    },
  };

  async function startParts(): Promise<void> {
    const policy = keepPolicy(config.configFile, log, ({ forwards }) => requireSecrets(forwards, config.forwardSecrets));
    const secret = config.secretKey ?? ownSecretKey(config.dataDir);
    const database = config.databaseUrl
      ? await openPostgres(config.databaseUrl, clock, log)
      : await openEmbedded(config.dataDir, clock, broke);
    opened.push(() => database.close());
    const ports = { database, clock };
    const refusals = createRefusals({ ...ports, log });
    opened.push(() => refusals.stop());
    const signer = createSigner(signingKey(secret));
    const behind = new Background((error) => {
      log.error({ error: String((error as Error)?.stack ?? error) }, 'long work failed');
    });
    opened.push(() => behind.idle());
    // Popped before: what runs for minutes is given up, and those who wait for it are told.
    const verification = createVerification({ ...ports, signer }, verify);
    opened.push(() => verification.stop());
    const connections: Connection[] = [];
    /** What the rest goes on without. */
    const helpful = () => ({
      jobs: () => running.check(),
      ...Object.fromEntries(connections.map(({ platform, check }) => [platform, check])),
    });
    const needed = { database: () => database.ping() };
    const checks = () => ({ ...needed, ...helpful() });
    const people = {
      ...ports,
      policy: policy.current,
      builtIn: builtInRoles(config),
      seal: createSeal(keyFor('secrets', secret)),
      jobs: { wake: (kind: OwedKind) => running.wake(kind) },
      url: () => (config.publicUrl ?? app.url).replace(/\/$/, ''),
      checks,
      consoleAlone: !config.slack && !config.discord,
    };
    codeOfOwner = () => ownerCode(people);
    const trail = { ...people, zone: () => policy.current().timezone, links: createSeal(keyFor('export links', secret)) };
    const connectors: Connector[] = config.demo ? [createDemo()] : [];
    const forwarding = { ...ports, forwards: () => policy.current().forwards };
    const webhooks = createWebhooks({ clock });
    const use = useOf({ people, trail: { ...trail, signer }, verification, forwarding: { ...forwarding, jobs: people.jobs } });

    const draw = createDraw();
    const chat = consoleOf(config, {
      ...{ log: database.consoleLog, draw, clock, logins: createLogins(people) },
      sessionKey: keyFor('console session', secret),
    });
    const platforms = await platformsOf(config, { commands, draw, clock, log, seal: createSeal(keyFor('replies', secret)) });
    const adapters: ChatAdapter[] = [chat, ...platforms];

    const actorOf = bearer(tokens);
    const auditKey = keyFor('audit', secret);
    const sign = (text: string) => createHmac('sha256', auditKey).update(text).digest('hex');
    const print = fingerprint(sign);
    const backlog = () => database.read(({ owed }) => owed.backlog(clock.now()));
    const metrics = createMetrics(
      backlog,
      isLoopback(config.host) ? undefined : (headers) => authorise(actorOf(headers), 'read'),
      () => database.read(({ forwards }) => forwards.overview(forwarding.forwards().map(({ name }) => name))),
    );
    const handlers = metrics.counted(
      jobHandlers({
        ...{ ...ports, log, connectors, adapters, print, signer, jobs: people.jobs },
        left: (gone) => leave(chatPorts(), gone),
        checkpointsTo: () => policy.current().checkpoints,
        forward: (name) =>
          forwardEvents(
            {
              ...{ ...forwarding, webhooks, tried: metrics.forwarded },
              keysOf: (forward) => config.forwardSecrets.get(forward) ?? [],
              chance: Math.random,
              tell: (message) => tellOwners(chatPorts(), message),
            },
            name,
          ),
      }),
    );
    const chatPorts = () => ({ ...ports, jobs: running, owners: () => owners(people), lastResort });
    const running = await createJobs({ ...ports, log, config, handlers: worksOff ? handlers : {} });
    jobs = running;
    // Wherever it was owed: what happens is told within a second or two, not at the next sweep.
    database.onOwed(['watch', 'post'], (kind) => running.wake(kind));
    // Popped after the jobs: what is being sent is finished first.
    opened.push(async () => void (await Promise.all(connections.map((connection) => connection.stop()))));
    opened.push(() => running.stop());
    // Popped before: a receiver that takes its time must not keep us from ending.
    opened.push(async () => webhooks.stop());
    // Before anything arrives, since a forward begins behind what is there when it is first seen.
    await beginForwards(forwarding);
    reload = () => {
      const taken = policy.reload();
      if (taken) {
        beginForwards(forwarding).then(
          () => running.wake('forward'),
          (error: unknown) => log.error({ error: String(error) }, 'new forwards did not begin; send SIGHUP again'),
        );
      }
      return taken;
    };

    const forPrograms = routesOf({
      ...{ ports, use, trail, tokens, actorOf, config, policy: policy.current, sign, print, metrics },
      wakeForwards: () => running.wake('forward'),
    });
    const heard = listens ? [...forPrograms, ...adapters.flatMap((adapter) => adapter.routes)] : [];
    const server = createServer({
      ...{
        routes: [...heard, metrics.route, ...healthRoutes({ needed, helpful })],
        publicUrl: config.publicUrl,
        log,
        observe: metrics.observe,
      },
      ...{ refused: refusals.note, trustedProxies: config.trustedProxies },
    });
    opened.push(() => server.close());
    const listenerOf = (adapter: ChatAdapter) =>
      listenerFor({
        ...{ ...chatPorts(), log, behind, commands, use },
        capabilities: adapter.capabilities,
        identify: (caller, place) => identify(people, caller, place),
      });
    if (listens) await chat.start(listenerOf(chat));
    opened.push(() => chat.stop());

    if (worksOff) {
      // The first history is collected before anyone can look, so that nobody sees a half-filled demo.
      for (const connector of connectors) {
        await collect(ports, connector);
        await collectAudit({ ...ports, print }, connector);
      }
      await oweTicks(database, connectors, clock);
    }
    app.url = await server.listen(config.host, config.port);
    // After it listens, since much may be owed at a start: nobody waits for it, and what is sent knows our address.
    await running.start();
    const connecting = { clock, log, turns: database.turns, connected: () => running.wake('post') };
    connections.push(...connectAll(platforms, listens ? listenerOf : undefined, connecting));
  }

  return app;
}
