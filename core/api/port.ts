import type { SurfacePort } from '../plugin/surface.ts';

/** What the API asks of the hub. */
export type ApiPort = Pick<
  SurfacePort,
  'verify' | 'files' | 'request' | 'act' | 'ask' | 'do' | 'mayRead' | 'onTokenEnd' | 'catchUp' | 'feed' | 'presence'
>;
