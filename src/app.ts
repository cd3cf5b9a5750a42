import { createHmac } from 'node:crypto';
import { commands } from '../commands/index.ts';
import { createDraw } from './charts/draw.ts';
import { createConsole } from './chat/console/adapter.ts';
import type { ConsolePerson } from './chat/console/session.ts';
import type { SlackOptions } from './chat/slack/adapter.ts';
import { type Config, isLoopback, requireSecrets } from './config/env.ts';
import { keyFor, ownSecretKey, signingKey } from './config/own-keys.ts';
import { keepPolicy } from './config/policy-file.ts';
import { createSeal } from './config/seal.ts';
import { createSigner } from './config/signing.ts';
import { createDemo } from './connectors/demo/demo.ts';
import { authorise, type PersonRole } from './core/people/actor.ts';
import type { BuiltIn } from './core/people/person.ts';
import type { ChatAdapter } from './core/ports/chat.ts';
import type { Clock } from './core/ports/clock.ts';
import type { Connector } from './core/ports/connector.ts';
import type { OwedKind } from './core/ports/jobs.ts';
import type { Log } from './core/ports/log.ts';
import { fingerprint } from './core/privacy/mask.ts';
import { collectAudit } from './flows/audit/collect.ts';
import { exportAudit } from './flows/audit/export.ts';
import { openExportLink } from './flows/audit/export-link.ts';
import { ingestAudit } from './flows/audit/ingest.ts';
import { auditPage } from './flows/audit/page.ts';
import { createRefusals } from './flows/audit/refusals.ts';
import { auditUse } from './flows/audit/search.ts';
import { createVerification } from './flows/audit/verification.ts';
import { exportProof } from './flows/audit/verify.ts';
import { createBehind } from './flows/chat/behind.ts';
import { type Connection, connect } from './flows/chat/connect.ts';
import { listenerFor } from './flows/chat/listener.ts';
import { leave } from './flows/chat/presence.ts';
import { tellOwners } from './flows/chat/tell-owners.ts';
import { collect } from './flows/delivery/collect.ts';
import { createIngest, type Ingest } from './flows/delivery/ingest.ts';
import { pipelineOverview } from './flows/delivery/overview.ts';
import { rankedPipelines } from './flows/delivery/ranking.ts';
import { knownPipelines } from './flows/delivery/selection.ts';
import { pipelineStep, stepSamples } from './flows/delivery/step.ts';
import { beginForwards, forwardEvents } from './flows/forwards/forward.ts';
import { forwardsUse } from './flows/forwards/list.ts';
import { jobHandlers, oweTicks } from './flows/handlers.ts';
import type { Use } from './flows/index.ts';
import { identify } from './flows/people/identify.ts';
import { createLogins } from './flows/people/login.ts';
import { ownerCode, owners } from './flows/people/owner.ts';
import { wardenUse } from './flows/people/use.ts';
import { createWebhooks } from './hooks/webhooks.ts';
import type { ExportFlows } from './http/audit-download.ts';
import { auditRoutes } from './http/audit-routes.ts';
import { deliveryRoutes } from './http/delivery-routes.ts';
import { exportLinkRoute } from './http/export-link-route.ts';
import { healthRoutes } from './http/health-routes.ts';
import { createMetrics } from './http/metrics.ts';
import { segmentRoutes } from './http/segment-routes.ts';
import { createServer } from './http/server.ts';
import { type ApiToken, bearer, writeKeys } from './http/tokens.ts';
import { createJobs } from './queue/index.ts';
import type { RunningJobs } from './queue/loop.ts';
import { openEmbedded } from './storage/database.ts';
import { openPostgres } from './storage/postgres.ts';

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
}

const channels = [
  { name: 'general', about: 'Ask about any pipeline here' },
  { name: 'data-alerts', about: 'Where alerts will be posted' },
  { name: 'sandbox', about: 'A place to try things' },
];

/** Without a token, whoever opens the console is its owner; in the demo they may look as others do. */
const owner: ConsolePerson = { account: 'console:local', name: 'You' };
const demoPeople: (ConsolePerson & { note: PersonRole })[] = [
  { account: 'console:dana', name: 'Dana', note: 'owner' },
  { account: 'console:sam', name: 'Sam', note: 'approver' },
  { account: 'console:kim', name: 'Kim', note: 'viewer' },
];

/** Who has a role by being on this machine, or by a token that names nobody. The demo's people exist only where nobody signs in. */
function builtInRoles({ demo, consoleTokens }: Config): BuiltIn {
  const ownerRole: BuiltIn = { [owner.account]: ['owner'] };
  if (consoleTokens) return consoleTokens.some(({ person }) => person === undefined) ? ownerRole : {};
  return demo ? Object.fromEntries(demoPeople.map(({ account, note }) => [account, [note]])) : ownerRole;
}

/** The composition root: the one place that names every concrete part. */
export function createApp({ config, tokens, clock, log, broke }: AppParts): App {
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
    const behind = createBehind(log);
    opened.push(() => behind.idle());
    // Popped before: what runs for minutes is given up, and those who wait for it are told.
    const verification = createVerification({ ...ports, signer });
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
    const use: Use = {
      pipelineOverview: (actor, request) => pipelineOverview(ports, actor, request),
      knownPipelines: (actor, workspace) => knownPipelines(ports, actor, workspace),
      rankedPipelines: (actor, request) => rankedPipelines(ports, actor, request),
      pipelineStep: (actor, request) => pipelineStep(ports, actor, request),
      stepSamples: (actor, request) => stepSamples(ports, actor, request),
      ...forwardsUse({ ...forwarding, jobs: people.jobs }),
      ...auditUse({ ...trail, signer }, verification),
      ...wardenUse(people),
    };

    const draw = createDraw();
    const chat = createConsole({
      log: database.consoleLog,
      draw,
      clock,
      people: config.demo ? demoPeople : [owner],
      channels,
      team: 'Pipewarden',
      tokens: config.consoleTokens?.map(({ person, token }) => ({
        token,
        person: person ? { account: `console:${person}`, name: person } : owner,
      })),
      logins: createLogins(people),
      secure: config.publicUrl?.startsWith('https:'),
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
        ...ports,
        log,
        connectors,
        adapters,
        left: (gone) => leave(chatPorts(), gone),
        print,
        signer,
        jobs: people.jobs,
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
    const chatPorts = () => ({
      ...ports,
      jobs: running,
      owners: () => owners(people),
      lastResort: { platform: 'console', team: 'Pipewarden', channel: 'general' },
    });
    const running = createJobs({ ...ports, log, config, handlers });
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

    const store = createIngest(ports);
    const ingest: Ingest = async (actor, batch, workspace) => {
      const result = await store(actor, batch, workspace);
      metrics.ingested(result);
      return result;
    };
    const exports: ExportFlows = {
      exportAudit: (actor, wish) => exportAudit(ports, actor, wish),
      exportProof: (actor) => exportProof(ports, actor),
    };
    const routes = [
      ...deliveryRoutes({ ...use, ingest }, actorOf, clock),
      ...auditRoutes(
        {
          async ingestAudit(actor, events) {
            const result = await ingestAudit(ports, actor, events);
            if (forwarding.forwards().length > 0) running.wake('forward');
            return result;
          },
          auditPage: (actor, query, page) => auditPage(ports, actor, query, page),
          ...exports,
        },
        { actorOf, clock, sign },
      ),
      exportLinkRoute((token) => openExportLink(trail, token), exports, clock),
      ...segmentRoutes(
        { ingestAudit: (...args) => ingestAudit(ports, ...args) },
        {
          secrets: config.segmentSecrets,
          batchesAllowed: () => policy.current().segmentBatches,
          keys: writeKeys(tokens),
          clock,
          print,
        },
      ),
      metrics.route,
      ...healthRoutes({ needed, helpful }),
      ...adapters.flatMap((adapter) => adapter.routes),
    ];
    const server = createServer({
      ...{ routes, publicUrl: config.publicUrl, log, observe: metrics.observe },
      ...{ refused: refusals.note, trustedProxies: config.trustedProxies },
    });
    opened.push(() => server.close());
    const listenerOf = (adapter: ChatAdapter) =>
      listenerFor({
        ...chatPorts(),
        ...{ log, behind },
        commands,
        use,
        capabilities: adapter.capabilities,
        identify: (caller, place) => identify(people, caller, place),
      });
    await chat.start(listenerOf(chat));
    opened.push(() => chat.stop());

    // The first history is collected before anyone can look, so that nobody sees a half-filled demo.
    for (const connector of connectors) {
      await collect(ports, connector);
      await collectAudit({ ...ports, print }, connector);
    }
    await oweTicks(database, connectors, clock);
    await running.start();
    app.url = await server.listen(config.host, config.port);
    for (const platform of platforms) {
      connections.push(connect(platform, listenerOf(platform), { clock, log }, () => running.wake('post')));
    }
  }

  return app;
}

/** The chats whose tokens are configured. Their libraries are loaded for them only: they take time and memory. */
async function platformsOf(
  { slack, discord, publicUrl }: Config,
  parts: Omit<SlackOptions, 'config' | 'publicUrl'>,
): Promise<ChatAdapter[]> {
  const platforms: ChatAdapter[] = [];
  if (slack) {
    const { createSlack } = await import('./chat/slack/adapter.ts');
    platforms.push(createSlack({ config: slack, publicUrl, ...parts }));
  }
  if (discord) {
    const { createDiscord } = await import('./chat/discord/adapter.ts');
    platforms.push(createDiscord({ config: discord, publicUrl, ...parts }));
  }
  return platforms;
}
