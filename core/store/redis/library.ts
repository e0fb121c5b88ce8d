import { createHash } from 'node:crypto';
import { APPEND } from './library/append.ts';
import { KEEP } from './library/keep.ts';
import { READ } from './library/read.ts';
import { SHARED } from './library/shared.ts';
import { SMALL } from './library/small.ts';

/**
 * Every function and its flags. `allow-oom`: runs also when Redis is full, for without that nothing could be trimmed,
 * and the hub would never get out.
 */
const FUNCTIONS = {
  append: { run: 'append', flags: [] },
  /** The same, for steps that take restraint away. */
  append_lift: { run: 'append', flags: ['allow-oom'] },
  head: { run: 'head', flags: ['no-writes'] },
  snapshot: { run: 'snapshot', flags: ['no-writes'] },
  hot: { run: 'hot', flags: ['no-writes'] },
  page: { run: 'page', flags: ['no-writes'] },
  since: { run: 'since', flags: ['no-writes'] },
  bounds: { run: 'bounds', flags: ['no-writes'] },
  trim: { run: 'trim', flags: ['allow-oom'] },
  rewrite: { run: 'rewrite', flags: ['allow-oom'] },
  raise: { run: 'raise', flags: ['allow-oom'] },
  mend: { run: 'mend', flags: ['allow-oom'] },
  epoch: { run: 'epoch', flags: ['allow-oom'] },
  take: { run: 'take', flags: ['allow-oom'] },
  renew: { run: 'renew', flags: ['allow-oom'] },
  release: { run: 'release', flags: ['allow-oom'] },
  advance: { run: 'advance', flags: ['allow-oom'] },
  open: { run: 'open', flags: ['allow-oom'] },
  close: { run: 'close', flags: ['allow-oom'] },
  forget: { run: 'forget', flags: ['allow-oom'] },
  beat: { run: 'beat', flags: [] },
  connected: { run: 'connected', flags: ['no-writes'] },
  leave: { run: 'leave', flags: ['allow-oom'] },
} as const satisfies Record<string, { readonly run: string; readonly flags: readonly string[] }>;
export type FunctionName = keyof typeof FUNCTIONS;

const SOURCE = [SHARED, APPEND, READ, KEEP, SMALL].join('\n');
/** Hubs of different versions may share one Redis: the name tells their libraries apart. */
const VERSION = createHash('sha256').update(SOURCE).update(JSON.stringify(FUNCTIONS)).digest('hex').slice(0, 8);

/** The name under which Redis knows a function. */
export function fullName(name: FunctionName): string {
  return `slipmat_${name}_${VERSION}`;
}

/** What `FUNCTION LOAD REPLACE` takes. */
export const LIBRARY = `#!lua name=slipmat_${VERSION}
${SOURCE}
${Object.entries(FUNCTIONS).map(registration).join('\n')}
`;

function registration([name, { run, flags }]: readonly [
  string,
  { readonly run: string; readonly flags: readonly string[] },
]): string {
  const list = flags.map((flag) => `'${flag}'`).join(', ');
  return `redis.register_function{ function_name = 'slipmat_${name}_${VERSION}', callback = ${run}, flags = { ${list} } }`;
}
