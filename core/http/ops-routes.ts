import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type HubConfig, isLocalOnly } from '../../config/schema.ts';
import { isSameSecret } from '../async/mint.ts';
import type { Health } from '../ops/health.ts';
import type { Metrics } from '../ops/metrics.ts';
import { HttpProblem } from './problems.ts';

export interface OpsRoutes {
  readonly config: Pick<HubConfig, 'host' | 'publicUrl' | 'trustProxy' | 'metricsToken'>;
  readonly health: Health;
  readonly metrics: Metrics;
}

/** What operators and their machines ask: `/healthz`, `/readyz`, `/metrics`. */
export function opsRoutes(app: FastifyInstance, { config, health, metrics }: OpsRoutes): void {
  app.get('/healthz', (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'up' }));
  app.get('/readyz', async (_request, reply) => {
    const report = await health.report();
    return reply
      .code(report.isReady ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: report.isReady ? 'ready' : 'not ready', checks: report.checks });
  });
  app.get('/metrics', async (request, reply) => {
    refuseStrangers(request, config);
    return reply
      .header('cache-control', 'no-store')
      .type(metrics.contentType)
      .send(await metrics.text());
  });
}

/**
 * A proxy on this machine makes the whole world look like loopback, so the address of the caller proves nothing:
 * without a token the metrics are open only while nobody outside can reach the hub at all.
 */
function refuseStrangers(request: FastifyRequest, config: OpsRoutes['config']): void {
  if (config.metricsToken === null) {
    if (isLocalOnly(config)) return;
    throw new HttpProblem(403, 'forbidden', 'Set metricsToken (SLIPMAT_METRICS_TOKEN) and send it as a bearer token.');
  }
  const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !isSameSecret(token, config.metricsToken)) {
    throw new HttpProblem(401, 'sign-in', 'Send the metrics token as a bearer token.');
  }
}
