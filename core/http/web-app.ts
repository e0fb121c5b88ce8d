import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HubConfig } from '../../config/schema.ts';
import { parseChannelId } from '../domain/ids.ts';
import { securityHeaders } from './headers.ts';
import { HttpProblem, NOT_FOUND } from './problems.ts';

const NOT_BUILT = new HttpProblem(503, 'not-built', 'The web app is not built. Run `npm run build`, then start again.');

/** A channel in the app, and alone in a window of its own. */
const APP_PATHS = ['/c/:channel', '/popout/:channel'];
/** A channel to be read within another page. */
const EMBED_PATH = '/embed/:channel';
type OfChannel = FastifyRequest<{ Params: { channel: string } }>;

/** Serves the built web app. Any unknown path is not found. */
export async function serveWebApp(
  app: FastifyInstance,
  webRoot: string,
  config: Pick<HubConfig, 'publicUrl' | 'embedBy'>,
): Promise<void> {
  if (!existsSync(join(webRoot, 'index.html'))) {
    const refuse = (): never => {
      throw NOT_BUILT;
    };
    app.get('/', refuse);
    for (const path of APP_PATHS) app.get(path, refuse);
    app.get(EMBED_PATH, refuse);
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
  const showApp = (request: OfChannel, reply: FastifyReply): FastifyReply => {
    if (parseChannelId(request.params.channel) === null) throw NOT_FOUND;
    return reply.sendFile('index.html');
  };
  for (const path of APP_PATHS) app.get(path, showApp);
  app.get(EMBED_PATH, { helmet: securityHeaders(config, config.embedBy) }, showApp);
  app.get('/console', (_, reply) => reply.sendFile('console.html'));
  // the console shows how an overlay will look
  app.get('/overlay', { helmet: securityHeaders(config, 'hub') }, (_, reply) => reply.sendFile('overlay.html'));
}
