#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { bridges } from '../bridges/index.ts';
import { loadConfig } from '../config/load.ts';
import { systemClock } from './async/clock.ts';
import { startHub } from './hub.ts';
import { createLogger } from './ops/log.ts';

const loaded = loadConfig({ env: process.env, readFile: (p: string) => readFileSync(p, 'utf8') });
if (!loaded.ok) {
  console.error(loaded.errors.map((e) => e.message).join('\n'));
  process.exit(2);
}
const hub = await startHub({
  config: loaded.config,
  builtIns: bridges,
  nativePlatform: 'slipmat',
  clock: systemClock,
  log: createLogger(loaded.config.logLevel),
  webRoot: new URL('../dist/web', import.meta.url).pathname,
  version: '0.1.0',
});
console.log(`Slipmat Hub is at ${hub.url}`, hub.firstAdminLink);
process.once('SIGINT', () => void hub.stop().then(() => process.exit(0)));
process.once('SIGTERM', () => void hub.stop().then(() => process.exit(0)));
