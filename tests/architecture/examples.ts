import type { Source } from './source.ts';

const file = (path: string, text: string): Source => ({ path, text });

/** Made-up files, each of which breaks the rule it stands under. */
export const BREAKS: Readonly<Record<string, readonly Source[]>> = {
  'imports never go up a layer': [
    file('core/async/a.ts', "import type { Log } from '../store/ports.ts';"),
    file('core/relay/a.ts', "import { route } from '../router.ts';"),
    file('core/store/redis/a.ts', "const x = await import('../../hub.ts');"),
    file('core/http/a.ts', "export { stop } from '../hub/stop.ts';"),
    file('config/a.ts', "import { createLog } from '../core/store/redis/log.ts';"),
  ],
  'closed folders import only what they may': [
    file('core/domain/a.ts', "import type { Clock } from '../async/clock.ts';"),
    file('core/moderation/a.ts', "import { log } from '../ops/log.ts';"),
    file('core/plugin/a.ts', "import type { Log } from '../store/ports.ts';"),
    file('core/contract/a.ts', "import { runLane } from '../relay/lane.ts';"),
    file('web/chat/a.tsx', "import { route } from '../../core/router.ts';"),
  ],
  'core never imports bridges or what is built on it, main.ts apart': [
    file('core/hub.ts', "import { bridges } from '../bridges/index.ts';"),
    file('core/cli/a.ts', "import type { Frame } from '../../bridges/slipmat/protocol.ts';"),
  ],
  'a bridge imports core/plugin, core/domain and its own folder, never another bridge': [
    file('bridges/irc/a.ts', "import { log } from '../../core/ops/log.ts';"),
    file('bridges/irc/a.ts', "import { encode } from '../discord/encode.ts';"),
  ],
  'no import cycles, type imports included': [file('core/domain/a.ts', "import type { A } from './a.ts';")],
  'only main.ts reads process.env': [
    file('core/http/a.ts', 'const { PORT } = process.env;'),
    file('config/load.ts', "const port = process['env'].PORT;"),
  ],
  'only clock.ts reads the time or starts timers': [
    file('core/relay/a.ts', 'const at = Date.now();'),
    file('core/relay/a.ts', 'const at = new Date().toISOString();'),
    file('bridges/irc/a.ts', 'setTimeout(() => retry(), 5);'),
    file('core/relay/a.ts', "import { setTimeout as sleep } from 'node:timers/promises';"),
  ],
  'only mint.ts makes randomness': [
    file('core/relay/a.ts', 'const id = Math.random();'),
    file('core/http/a.ts', 'const id = crypto.randomUUID();'),
  ],
  'core names no platform': [
    file('core/relay/a.ts', "if (portal.platform === 'twitch') return null;"),
    file('core/relay/a.ts', "const isOurs = platform === 'slipmat';"),
    file('core/relay/a.ts', 'const text = limits.discord.text;'),
  ],
  'no file is longer than 400 lines': [file('core/relay/a.ts', 'x;\n'.repeat(401))],
  'no barrels beyond the public ones': [
    file('core/relay/all.ts', "export { plan } from './plan.ts';\nexport { split } from './split.ts';"),
    file('core/relay/all.ts', "export * from './plan.ts';\nconst a = 1;"),
    file('core/relay/index.ts', 'export const a = 1;'),
  ],
};

/** Made-up files that break no rule. */
export const FINE: readonly Source[] = [
  file('core/main.ts', "import { bridges } from '../bridges/index.ts';\nstart(bridges, process.env, 'slipmat');"),
  file('core/async/clock.ts', 'export const now = () => Date.now();\nsetTimeout(now, 1);'),
  file('core/async/mint.ts', "import { randomBytes } from 'node:crypto';\nexport const id = () => randomBytes(8);"),
  file('core/router.ts', "import type { Log } from './store/ports.ts';\nimport { plan } from './relay/plan.ts';"),
  file(
    'core/relay/plan.ts',
    '// discord and twitch differ here\nconst at = new Date(sentAt);\n'.concat('x;\n'.repeat(398)),
  ),
  file('core/cli/run.ts', "description('Links chat to Discord and Twitch.');"),
  file('core/plugin/index.ts', "export { a } from './a.ts';"),
  file(
    'bridges/irc/index.ts',
    "import { defineBridge } from '../../core/plugin/index.ts';\nimport { decode } from './decode.ts';",
  ),
  file('bridges/irc/decode.ts', "import type { Inbound } from '../../core/domain/inbound.ts';"),
];
