import type { FastifyInstance } from 'fastify';
import type { Clock } from '../async/clock.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its body may be a large file on a slow line. */
    readonly isSlowBody?: boolean;
  }
}

const BODY_WITHIN_MS = 30_000;
/** What the server allows at all: for files. */
export const SLOW_BODY_WITHIN_MS = 330_000;

/** Ends requests whose body does not arrive in time; a few bytes now and then would keep a connection for ever. */
export function boundBodies(app: FastifyInstance, clock: Clock): void {
  app.addHook('onRequest', async ({ raw, routeOptions }) => {
    const { 'content-length': length, 'transfer-encoding': coding } = raw.headers;
    const hasBody = coding !== undefined || (length !== undefined && length !== '0');
    if (!hasBody || routeOptions.config.isSlowBody === true) return;
    const cancel = clock.after(BODY_WITHIN_MS, () => {
      if (!raw.complete) raw.destroy();
    });
    raw.once('end', cancel);
    raw.once('close', cancel);
  });
}
