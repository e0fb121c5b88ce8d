import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { worldOn } from './cases.ts';
import { type ApiStage, apiStage } from './rig.ts';

/** A fuzzer that reads the document, from the Python registry; kept outside of the repository. */
const VENV = join(homedir(), '.cache/slipmat-hub/schemathesis');
const PROGRAM = join(VENV, 'bin/schemathesis');
const SECONDS = 120;
/** What it leaves behind. */
const folder = mkdtempSync(join(tmpdir(), 'slipmat-fuzz-'));
let hub: ApiStage;
let session: string;

function run(
  program: string,
  words: readonly string[],
  withinMs: number,
): Promise<{ code: number | null; said: string }> {
  const child = spawn(program, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const tooLong = setTimeout(() => child.kill('SIGKILL'), withinMs);
  return new Promise((done) =>
    child.once('close', (code) => {
      clearTimeout(tooLong);
      done({ code, said });
    }),
  );
}

async function isInstalled(): Promise<boolean> {
  if (existsSync(PROGRAM)) return true;
  mkdirSync(join(homedir(), '.cache/slipmat-hub'), { recursive: true });
  await run('python3', ['-m', 'venv', VENV], 60_000);
  await run(join(VENV, 'bin/python'), ['-m', 'pip', 'install', '--quiet', 'schemathesis'], 300_000);
  return existsSync(PROGRAM);
}

beforeAll(async () => {
  hub = await apiStage({ config: { limits: { apiPerMinute: 1_000_000, postsPerSecond: 1_000, postBurst: 10_000 } } });
  const world = await worldOn(hub);
  session = world.boss;
}, 400_000);
afterAll(async () => {
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

it('two minutes of made-up requests bring no 5xx and no answer that the document does not name', async (test) => {
  if (!(await isInstalled())) {
    console.warn('LEFT OUT: the fuzzer, for schemathesis could not be installed (python3, python3-venv)');
    test.skip();
  }
  const fuzzed = await run(
    PROGRAM,
    [
      'run',
      `${hub.url}/api/openapi.json`,
      '--url',
      `${hub.url}/api/v1`,
      '--header',
      `Authorization: Bearer ${session}`,
      '--checks',
      'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance',
      '--phases',
      'examples,coverage,fuzzing',
      // a stream does not end, and a session that is signed out asks for nothing more
      '--exclude-operation-id',
      'stream',
      '--max-time',
      String(SECONDS),
      '--continue-on-failure',
    ],
    (SECONDS + 120) * 1_000,
  );
  // the differences that are printed leave most of it out
  if (fuzzed.code !== 0) console.error(fuzzed.said);
  expect(fuzzed.said).toContain('Test cases');
  expect([fuzzed.code, fuzzed.said.slice(-6_000)]).toEqual([0, expect.any(String)]);
}, 600_000);
