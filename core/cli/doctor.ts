import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { type HubConfig, isLoopback } from '../../config/schema.ts';
import { type Clock, systemClock } from '../async/clock.ts';
import { listenTogether } from '../http/listen.ts';
import type { BuiltIns } from '../plugin/load.ts';
import { bridgeFindings, type LinkedRoom } from './bridge-doctor.ts';
import { type ControlClient, findHub } from './control-client.ts';
import type { Finding } from './finding.ts';
import { examineFolder } from './folder-doctor.ts';
import { sayError } from './parts.ts';
import { redisFindings } from './redis-doctor.ts';

/** Looks at all that the hub needs, in the order in which it needs it. */
export async function examine(
  config: HubConfig,
  webRoot: string,
  builtIns: BuiltIns,
  clock: Clock = systemClock,
): Promise<readonly Finding[]> {
  const folder = await examineFolder(config.dataDir);
  const running = folder.facts === null ? null : await findHub(config.dataDir);
  return [
    ...folder.findings,
    webFinding(webRoot),
    await portFinding(config, running),
    ...addressFindings(config),
    ...(await redisFindings(config.redisUrl, folder.facts)),
    ...(await bridgeFindings(config, { builtIns, clock, rooms: await linkedRooms(config, running) })),
    ...(running === null ? [] : await hubFindings(running)),
  ];
}

function webFinding(webRoot: string): Finding {
  return existsSync(join(webRoot, 'index.html'))
    ? { level: 'ok', what: 'The web app is built.' }
    : { level: 'warn', what: 'The web app is not built.', mend: 'Run `npm run build`; `npm start` does it by itself.' };
}

async function portFinding(config: HubConfig, running: ControlClient | null): Promise<Finding> {
  if (running !== null) return { level: 'ok', what: 'A hub runs on this data folder.' };
  const servers = [createServer(), createServer()];
  try {
    const port = await listenTogether(servers, config.host, config.port);
    return { level: 'ok', what: `Port ${port} of ${config.host} is free.` };
  } catch (error) {
    return { level: 'fail', what: 'The hub could not listen.', mend: sayError(error, config) };
  } finally {
    for (const server of servers) server.close();
  }
}

function addressFindings(config: HubConfig): readonly Finding[] {
  const findings: Finding[] = [];
  const { publicUrl, host, trustProxy } = config;
  if (publicUrl === null && !isLoopback(host)) {
    findings.push({
      level: 'warn',
      what: 'The hub listens to others, but publicUrl is not set.',
      mend: 'Set PUBLIC_URL to the address that people open: links to the hub are made from it.',
    });
  }
  if (publicUrl?.startsWith('http:') && !isLoopback(new URL(publicUrl).hostname)) {
    findings.push({
      level: 'warn',
      what: 'publicUrl is not https: passwords travel in the clear.',
      mend: 'Put a proxy with a certificate in front (docs/operations.md) and use https://.',
    });
  }
  if (publicUrl?.startsWith('https:') && trustProxy === false) {
    findings.push({
      level: 'warn',
      what: 'publicUrl is https, so a proxy stands in front, but trustProxy is false.',
      mend: `Set SLIPMAT_TRUST_PROXY='["loopback"]' (or the proxy's address): else everybody shares one address in the limits.`,
    });
  }
  return findings;
}

/** Portals made while the hub runs are known to it alone. */
async function linkedRooms({ portals }: HubConfig, running: ControlClient | null): Promise<readonly LinkedRoom[]> {
  const answer = await running?.call('portal-list', {});
  return answer?.ok ? answer.value.portals : portals;
}

async function hubFindings(hub: ControlClient): Promise<readonly Finding[]> {
  const answer = await hub.call('status', {});
  if (!answer.ok) return [{ level: 'warn', what: 'The running hub does not tell its state.', mend: answer.say }];
  const { version, url, checks } = answer.value;
  const head: Finding = { level: 'ok', what: `Hub ${version} runs at ${url}.` };
  const rest = checks.map(({ name, status, say }): Finding => {
    if (status === 'ok') return { level: 'ok', what: `Check ${name} of the running hub.` };
    return { level: status === 'warn' ? 'warn' : 'fail', what: `Check ${name} of the running hub.`, mend: say };
  });
  return [head, ...rest];
}
