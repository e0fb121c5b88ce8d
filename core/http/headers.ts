import type { FastifyHelmetOptions } from '@fastify/helmet';
import type { HubConfig } from '../../config/schema.ts';

/**
 * What browsers are told with every answer. Scripts, styles and sockets come from the hub alone.
 * @param framedBy who may show the page in a frame: nobody, pages of this hub, or those of these origins too
 */
export function securityHeaders(
  config: Pick<HubConfig, 'publicUrl'>,
  framedBy: 'nobody' | 'hub' | readonly string[] = 'nobody',
): FastifyHelmetOptions {
  const isHttps = config.publicUrl?.startsWith('https:') ?? false;
  const self = ["'self'"];
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: self,
        styleSrc: self,
        fontSrc: self,
        imgSrc: self,
        mediaSrc: self,
        manifestSrc: self,
        workerSrc: self,
        frameSrc: self,
        connectSrc: [...self, ...socketOrigins(config.publicUrl)],
        formAction: self,
        baseUri: ["'none'"],
        frameAncestors: framedBy === 'nobody' ? ["'none'"] : [...self, ...(framedBy === 'hub' ? [] : framedBy)],
      },
    },
    // Some links carry a secret by design.
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: isHttps ? { maxAge: 180 * 86_400, includeSubDomains: false } : false,
    crossOriginEmbedderPolicy: false,
    // it knows no list of origins, and the policy above goes before it
    xFrameOptions:
      framedBy === 'nobody'
        ? { action: 'deny' }
        : framedBy === 'hub' || framedBy.length === 0
          ? { action: 'sameorigin' }
          : false,
  };
}

/** Older browsers do not count the socket of the same host as `self`. */
function socketOrigins(publicUrl: string | null): readonly string[] {
  return publicUrl === null ? [] : [publicUrl.replace(/^http/, 'ws')];
}
