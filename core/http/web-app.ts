import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { HubConfig } from '../../config/schema.ts';
import { parseChannelId } from '../domain/ids.ts';
import { securityHeaders } from './headers.ts';
import { HttpProblem, NOT_FOUND } from './problems.ts';

const NOT_BUILT = new HttpProblem(503, 'not-built', 'The web app is not built. Run `npm run build`, then start again.');

/** Serves the built web app. `/c/<channel>` is the app too; any other unknown path is not found. */
export async function serveWebApp(
  app: FastifyInstance,
  webRoot: string,
  config: Pick<HubConfig, 'publicUrl'>,
): Promise<void> {
  if (!existsSync(join(webRoot, 'index.html'))) {
    const refuse = (): never => {
      throw NOT_BUILT;
    };
    app.get('/', refuse);
    app.get('/c/:channel', refuse);
    app.get('/overlay', refuse);
    app.get('/console', refuse);
    return;
  }
  const hashed = join(webRoot, 'assets') + sep;
  await app.register(fastifyStatic, {
    root: webRoot,
    cacheControl: false,
    dotfiles: 'ignore',
    setHeaders(reply, path) {
      const isHashed = path.startsWith(hashed);
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  app.get<{ Params: { channel: string } }>('/c/:channel', (request, reply) => {
    if (parseChannelId(request.params.channel) === null) throw NOT_FOUND;
    return reply.sendFile('index.html');
  });
  app.get('/console', (_, reply) => reply.sendFile('console.html'));
  // the console shows how an overlay will look
  app.get('/overlay', { helmet: securityHeaders(config, 'hub') }, (_, reply) => reply.sendFile('overlay.html'));
}
