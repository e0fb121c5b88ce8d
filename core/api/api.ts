import type { FastifyInstance } from 'fastify';
import type { Clock } from '../async/clock.ts';
import { problemHandler } from '../http/problems.ts';
import type { Logger } from '../ops/log.ts';
import { createAccess } from './access.ts';
import { allowAnyOrigin } from './cors.ts';
import { openApiOf } from './openapi.ts';
import { restOperations } from './operations.ts';
import type { ApiPort } from './port.ts';
import { referencePage } from './reference.ts';
import { API_PATH, addOperations } from './routes.ts';
import { addStream } from './stream.ts';

export interface ApiOptions {
  readonly version: string;
  /** Requests of one token. */
  readonly perMinute: number;
  readonly clock: Pick<Clock, 'every'>;
  readonly logger: Logger;
}

/** The REST API, its description, and streams of channels. */
export interface Api {
  routes(app: FastifyInstance): void;
  /** What it speaks to; before, nobody may come. */
  open(port: ApiPort): void;
  /** Ends the streams. */
  stop(): void;
}

export function createApi({ version, perMinute, clock, logger }: ApiOptions): Api {
  const operations = restOperations();
  const document = once(() => openApiOf(version));
  const json = once(() => JSON.stringify(document()));
  const page = once(() => referencePage(document()));
  let opened: ApiPort | null = null;
  let endStreams: () => void = () => {};
  const port = (): ApiPort => {
    if (opened === null) throw new Error('the API is asked before there is a hub');
    return opened;
  };

  return {
    open(to) {
      opened = to;
    },
    stop: () => endStreams(),
    routes(app) {
      app.get('/api/openapi.json', (_request, reply) => {
        reply.header('access-control-allow-origin', '*').type('application/json').send(json());
      });
      app.get('/api/docs', (_request, reply) => {
        reply.header('content-security-policy', PAGE_POLICY).type('text/html').send(page());
      });
      app.register(async (api) => {
        api.setErrorHandler(problemHandler(logger));
        allowAnyOrigin(api, API_PATH);
        const access = createAccess({ verify: (token) => port().verify(token), perMinute });
        addOperations(api, { operations, access, port });
        endStreams = addStream(api, { access, port, clock, logger });
      });
    },
  };
}

/** Made when it is first asked for. */
function once<T extends object | string>(make: () => T): () => T {
  let made: T | null = null;
  return () => (made ??= make());
}

/** The page has its style within, and nothing else. */
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
