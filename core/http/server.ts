import type { RequestListener, Server } from 'node:http';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance } from 'fastify';
import type { HubConfig } from '../../config/schema.ts';
import type { Clock } from '../async/clock.ts';
import { createServer } from '../async/plain-http.ts';
import type { Health } from '../ops/health.ts';
import type { Logger } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import { compileTrust } from './addresses.ts';
import { type BridgeCalls, CALLS_PATH, createBridgeCalls } from './bridge-calls.ts';
import { securityHeaders } from './headers.ts';
import { compileHosts } from './hosts.ts';
import { addressesOf, listenTogether, localUrl } from './listen.ts';
import { opsRoutes } from './ops-routes.ts';
import { HttpProblem, NOT_FOUND, problemHandler, routeOf, sendProblem } from './problems.ts';
import { boundBodies, SLOW_BODY_WITHIN_MS } from './slow-bodies.ts';
import { createUpgrades, type TakeUpgrade, type Upgrades } from './upgrades.ts';
import { serveWebApp } from './web-app.ts';

export interface HttpOptions {
  readonly config: HubConfig;
  readonly log: Logger;
  readonly clock: Clock;
  /** Folder of the built web app. */
  readonly webRoot: string;
  readonly health: Health;
  readonly metrics: Metrics;
  /** Adds what stands under `/api`, by full paths; requests there are limited by address. */
  readonly routes: (app: FastifyInstance) => void | Promise<void>;
  /** Adds what stands elsewhere, such as files, by full paths; limited by nobody but itself. */
  readonly files?: (app: FastifyInstance) => void;
  /** What `GET /api/config` answers. */
  readonly configInfo: () => object;
}

export interface HttpServer {
  /** @throws {ConfigError} when the address or the port cannot be had */
  listen(): Promise<{ readonly url: string; readonly port: number }>;
  /** Takes WebSocket upgrades of one path; those of other paths get 404. @returns a function that gives it back */
  upgrades(path: string, take: TakeUpgrade): () => void;
  /** Calls of platforms to their bridges. */
  readonly calls: BridgeCalls;
  /** Ends idle connections at once, lets requests in work finish, and ends what is left after 3 s. Never rejects. */
  close(): Promise<void>;
  /** For tests that want no socket. */
  readonly app: FastifyInstance;
}

const CLOSE_DEADLINE_MS = 3_000;
const BODY_LIMIT_BYTES = 64 * 1024;
/** More than a request line may have. */
const MAX_PARAM_LENGTH = 20_000;
/** What comes in is read by schemas of our own; the framework's compilers take long to load. */
const NO_SCHEMAS = (): never => {
  throw new Error('routes have no schemas');
};
const WRONG_HOST = new HttpProblem(
  421,
  'wrong-host',
  'Open it as localhost, or set PUBLIC_URL (publicUrl) to the address that people use.',
);

export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  const { config, clock, metrics } = options;
  const trusts = compileTrust(config.trustProxy);
  const upgrades = createUpgrades({
    trusts,
    isOurHost: compileHosts(config),
    maxConnections: config.limits.maxConnections,
    maxPerAddress: config.limits.maxConnectionsPerAddress,
    onOpened: () => metrics.connectionOpened(),
    onClosed: () => metrics.connectionClosed(),
  });
  const servers: Server[] = [];
  let isStopping = false;
  const app = fastify({
    logger: false,
    trustProxy: trusts,
    bodyLimit: BODY_LIMIT_BYTES,
    // what is too long is told like anything else that is wrong
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    schemaController: { compilersFactory: { buildValidator: NO_SCHEMAS, buildSerializer: NO_SCHEMAS } },
    serverFactory: (handler) => {
      servers.push(...addressesOf(config.host).map(() => openServer(handler, upgrades)));
      const [first] = servers;
      if (first === undefined) throw new Error('there is no address to listen on');
      return first;
    },
  });
  // A connection that is kept alive must not outlive the hub's wish to end.
  app.addHook('onSend', async (_request, reply) => {
    if (isStopping) reply.header('connection', 'close');
  });
  const calls = createBridgeCalls(app, options.log);
  await addRoutes(app, options);
  await app.ready();

  return {
    app,
    calls,
    async listen() {
      const port = await listenTogether(servers, config.host, config.port);
      return { port, url: localUrl(config.host, port) };
    },
    upgrades: (path, take) => upgrades.take(path, take),
    async close() {
      isStopping = true;
      upgrades.stop();
      calls.stop();
      const cancel = clock.after(CLOSE_DEADLINE_MS, () => {
        upgrades.destroyAll();
        for (const server of servers) server.closeAllConnections();
      });
      await Promise.all(servers.map(closeServer));
      cancel();
      await app.close();
    },
  };
}

function openServer(handler: RequestListener, upgrades: Upgrades): Server {
  const server = createServer(
    {
      headersTimeout: 15_000,
      requestTimeout: SLOW_BODY_WITHIN_MS,
      keepAliveTimeout: 65_000,
      // Some clients offer HTTP/2 on every request; those go on as plain requests.
      shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
    },
    handler,
  );
  server.on('upgrade', (request, socket, head) => upgrades.handle(request, socket, head));
  return server;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve();
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

async function addRoutes(app: FastifyInstance, options: HttpOptions): Promise<void> {
  const { config, log, clock, health, metrics, webRoot } = options;
  app.setErrorHandler(problemHandler(log));
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, NOT_FOUND));
  app.addHook('onResponse', async (request, reply) => {
    const fields = { method: request.method, route: routeOf(request), status: reply.statusCode };
    log.debug({ ...fields, ms: Math.round(reply.elapsedTime) }, 'request');
  });
  await app.register(helmet, securityHeaders(config));
  const isOurHost = compileHosts(config);
  app.addHook('onRequest', async (request) => {
    // no web page knows the token that a platform sends
    if (!request.url.startsWith(CALLS_PATH) && !isOurHost(request.headers.host)) throw WRONG_HOST;
  });
  boundBodies(app, clock);
  opsRoutes(app, { config, health, metrics });
  await app.register((api) => addApi(api, options));
  options.files?.(app);
  await serveWebApp(app, webRoot, config);
}

async function addApi(api: FastifyInstance, { config, routes, configInfo }: HttpOptions): Promise<void> {
  await api.register(rateLimit, {
    max: config.limits.apiPerMinute,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, context) =>
      new HttpProblem(429, 'rate-limited', 'Too many requests. Wait a little.', { retryAfterMs: context.ttl }),
  });
  api.get('/api/config', (_request, reply) => reply.header('cache-control', 'no-cache').send(configInfo()));
  await routes(api);
}
