import type { FastifyInstance } from 'fastify';
import type { Clock } from '../async/clock.ts';
import { problemHandler } from '../http/problems.ts';
import type { Logger } from '../ops/log.ts';
import { createAccess } from './access.ts';
import { allowAnyOrigin } from './cors.ts';
import type { JsonSchema } from './json-schema.ts';
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
  const shared = new Map<string, JsonSchema>();
  const operations = restOperations(shared);
  const document = openApiOf(operations, shared, version);
  const json = JSON.stringify(document);
  const page = referencePage(document);
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
        reply.header('access-control-allow-origin', '*').type('application/json').send(json);
      });
      app.get('/api/docs', (_request, reply) => {
        reply.header('content-security-policy', PAGE_POLICY).type('text/html').send(page);
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

/** The page has its style within, and nothing else. */
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
