import { type HubConfig, isLocalOnly, isLoopback } from '../../config/schema.ts';

/**
 * Whether a request that names this host is meant for this hub. A hub that only its own machine reaches gives that
 * machine more (sign-up, metrics). Any web page may let a name of its own lead to this machine and so speak to the hub
 * as its own origin; the name stays in the request, and betrays it.
 */
export function compileHosts(
  config: Pick<HubConfig, 'host' | 'publicUrl' | 'trustProxy'>,
): (host: string | undefined) => boolean {
  if (!isLocalOnly(config)) return () => true;
  return (host) => {
    if (host === undefined) return true; // no browser leaves it out
    const name = URL.parse(`http://${host}`)?.hostname ?? '';
    return isLoopback(name) || name.endsWith('.localhost');
  };
}
