import type { FastifyInstance } from 'fastify';

/** `/privacy`: what the hub keeps of people. It changes with the configuration alone, and so with a start. */
export function privacyRoute(app: FastifyInstance, page: string): void {
  app.get('/privacy', (_request, reply) =>
    reply
      .header('cache-control', 'no-cache')
      .header('content-security-policy', PAGE_POLICY)
      .type('text/html; charset=utf-8')
      .send(page),
  );
}

/** The page has its style within, and nothing else. */
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
