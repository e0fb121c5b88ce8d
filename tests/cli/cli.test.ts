import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { controlClient } from '../../core/cli/control-client.ts';
import { listSockets } from '../../core/http/control-socket.ts';
import { startRedis } from '../fakes/redis-server.ts';
import { connectPeer, newKey } from '../fakes/socket-peer.ts';
import { cleanUp, newFolder, run, runProcess, startHubProcess, until } from './run-cli.ts';

afterEach(cleanUp);

const token = z.object({ token: z.string() });
const exported = z.object({
  channel: z.string(),
  message: z.object({ id: z.string(), content: z.object({ rich: z.array(z.object({ text: z.string() })) }) }),
});
async function post(url: string, body: object): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

describe('the command line', () => {
  it('prints its version, and help for what it does not know', async () => {
    for (const asked of ['version', '--version']) {
      expect(await runProcess([asked], {})).toMatchObject({ code: 0, stdout: '0.1.0\n' });
    }
    const unknown = await runProcess(['strat'], {});
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      expect.stringMatching(/unknown command 'strat'[\s\S]*Did you mean start/),
    ]);
  });

  it('ends with 2 and every problem of the configuration, and starts nothing', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'hub.yaml'), 'lobby:\n  nmae: Floor\n');
    const env = { CONFIG: join(folder, 'hub.yaml'), PORT: 'x', REDIS_URL: 'hunter2', DATA_DIR: join(folder, 'data') };
    const { code, stdout, stderr } = await runProcess(['start'], env);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/hub\.yaml:2:3 lobby\.nmae: is not a known field\. Did you mean name\?/);
    expect(stderr).toMatch(/PORT: must be a whole number/);
    expect(stderr).toMatch(/REDIS_URL: must be a URL/);
    expect(stderr).not.toContain('hunter2');
    expect(readdirSync(folder)).toEqual(['hub.yaml']);
  });

  it('takes a configuration file by option', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'a.yaml'), 'portt: 1\n');
    const { code, stderr } = await run(['--config', join(folder, 'a.yaml'), 'doctor'], { DATA_DIR: folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining('Did you mean port?')]);
  });
});

describe('a hub as a process', () => {
  it('says where to go and how the first admin comes in, on stdout alone, and the link works once', async () => {
    const hub = await startHubProcess({ DATA_DIR: newFolder() });
    expect((await fetch(`${hub.url}/readyz`)).status).toBe(200);
    const claim = /#claim=(\S+)/.exec(hub.stdout())?.[1] ?? '';
    expect(claim.length).toBeGreaterThan(20);
    expect(hub.stderr()).not.toContain(claim);
    const form = { claim, name: 'Ada', password: 'a long enough password' };
    expect((await post(`${hub.url}/api/claim`, form)).status).toBe(200);
    expect((await post(`${hub.url}/api/claim`, { ...form, name: 'Eve' })).status).toBe(403);
  });

  it('on a signal stops in good order with 0, and lets go of everything; one that npm hands on twice is one', async () => {
    const folder = join(newFolder(), 'data');
    for (const signals of [['SIGTERM'], ['SIGINT', 'SIGINT']] as const) {
      const hub = await startHubProcess({ DATA_DIR: folder });
      expect((await fetch(`${hub.url}/healthz`)).status).toBe(200);
      expect(listSockets(folder)).toHaveLength(1);
      const rights = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o077);
      expect(rights.length).toBeGreaterThan(2);
      expect(
        rights.every((others) => others === 0),
        'its files are for its own user',
      ).toBe(true);
      for (const signal of signals) hub.child.kill(signal);
      expect((await hub.finished).code).toBe(0);
      expect(listSockets(folder)).toEqual([]);
      await expect(fetch(`${hub.url}/healthz`)).rejects.toThrow();
    }
  });

  it('refuses a second hub on one embedded folder, and a port in use, each with its mend', async () => {
    const folder = newFolder();
    const hub = await startHubProcess({ DATA_DIR: folder });
    const second = await runProcess(['start'], { DATA_DIR: folder, PORT: '0' });
    expect([second.code, second.stdout]).toEqual([1, '']);
    expect(second.stderr).toMatch(/Another hub is running on the folder .*Stop it first/);
    const samePort = await runProcess(['start'], { DATA_DIR: newFolder(), PORT: new URL(hub.url).port });
    expect(samePort.code).toBe(2);
    expect(samePort.stderr).toMatch(/PORT: port \d+ of 127\.0\.0\.1 is in use\. Stop what uses it/);
  });

  it('does not show the password of a Redis that does not answer', async () => {
    const env = { DATA_DIR: newFolder(), PORT: '0', REDIS_URL: 'redis://:hunter2@127.0.0.1:9' };
    const found = await run(['doctor'], env);
    expect(found.code).toBe(1);
    expect(found.stdout).toMatch(
      /FAIL {2}Redis at redis:\/\/:\*\*\*@127\.0\.0\.1:9 does not answer \(ECONNREFUSED\)\.\n +Start it/,
    );
    expect(found.stdout + found.stderr).not.toContain('hunter2');
  });
});

describe('users', () => {
  const story = async (env: Record<string, string>): Promise<void> => {
    const ask = (args: string, stdin?: string) => run(args.split(' '), env, stdin);
    const added = await ask('user add Ann');
    expect(added).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Made Ann\.\nThe password of Ann, shown only now: \S{16}\n$/),
    });
    expect(await ask('user add Bob --password-stdin', 'correct horse battery\n')).toMatchObject({
      code: 0,
      stdout: 'Made Bob.\nThe password of Bob is set.\n',
    });
    expect(await ask('user add Bob --password-stdin', 'correct horse battery\n')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('taken'),
    });
    expect(await ask('user add Cid --password-stdin', 'short')).toMatchObject({ code: 1, stdout: '' });
    expect(await ask('user role ann admin')).toMatchObject({ code: 0, stdout: 'Ann is an admin now.\n' });
    expect((await ask('user role bob dj')).stdout).toBe('Bob is a DJ now; the channel is dj-bob.\n');
    expect((await ask('user role ann moderator --channel dj-bob')).stdout).toBe('Ann is a moderator of dj-bob now.\n');
    expect(await ask('user role bob king')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Known: admin, dj'),
    });
    expect(await ask('user role nobody dj')).toMatchObject({ code: 1, stderr: expect.stringContaining('Nobody here') });
    expect(await ask('user disable ann')).toMatchObject({ code: 1, stderr: expect.stringContaining('last admin') });
    expect((await ask('user disable bob')).stdout).toBe('Bob is disabled now.\n');
    const listed = (await ask('user list --json')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(listed).toMatchObject([
      { name: 'Ann', isAdmin: true, isDj: false, isDisabled: false },
      { name: 'Bob', isAdmin: false, isDj: true, isDisabled: true },
    ]);
    expect((await ask('user enable bob')).stdout).toBe('Bob is enabled now.\n');
    expect((await ask('user role bob listener')).code).toBe(0);
    expect((await ask('user list')).stdout).toMatch(/^Ann +slipmat +admin\nBob +slipmat\n$/);
  };

  it('are managed while no hub runs', async () => {
    const env = { DATA_DIR: newFolder() };
    expect((await run(['user', 'add', 'Ann'], env)).code).toBe(0);
    expect((await runProcess(['user', 'role', 'ann', 'admin'], env)).stdout).toBe('Ann is an admin now.\n');
    expect((await run(['user', 'list'], env)).stdout).toMatch(/^Ann +slipmat +admin\n$/);
  });

  it('are managed through the running hub, where it counts at once', async () => {
    const folder = newFolder();
    const hub = await startHubProcess({ DATA_DIR: folder });
    await story({ DATA_DIR: folder });
    const signIn = (password: string) => post(`${hub.url}/api/sign-in`, { name: 'Bob', password });
    const { status, body } = await signIn('correct horse battery');
    expect(status).toBe(200);
    const me = async () =>
      (await fetch(`${hub.url}/api/me`, { headers: { authorization: `Bearer ${token.parse(body).token}` } })).status;
    expect(await me()).toBe(200);
    expect(
      (await run(['user', 'password', 'bob', '--password-stdin'], { DATA_DIR: folder }, 'another long password')).code,
    ).toBe(0);
    expect(await me()).toBe(401);
    expect((await signIn('correct horse battery')).status).not.toBe(200);
    expect((await signIn('another long password')).status).toBe(200);
    const invited = await run(['user', 'invite', '--hours', '2'], { DATA_DIR: folder });
    expect(invited.stdout).toMatch(new RegExp(`within 2 hours:\\n\\n {2}${hub.url}/#invite=\\S+\\n$`));
  });

  it('with Redis and no hub of this folder the command says what to do', async () => {
    const { code, stderr } = await run(['user', 'list'], {
      DATA_DIR: newFolder(),
      REDIS_URL: 'redis://:hunter2@127.0.0.1:9',
    });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^No hub runs on the folder .* Start one/)]);
    expect(stderr).not.toContain('hunter2');
  });
});

describe('copies', () => {
  it('a backup of a running hub holds what was acknowledged, opens as a hub, and replaces no file', async () => {
    const folder = newFolder();
    await startHubProcess({ DATA_DIR: folder });
    await run(['user', 'add', 'Ann'], { DATA_DIR: folder });
    const target = join(newFolder(), 'copy.sqlite');
    const made = await run(['backup', target], { DATA_DIR: folder });
    expect(made).toMatchObject({ code: 0, stdout: `Backed up to ${target} (${statSync(target).size} bytes).\n` });
    expect(statSync(target).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(target, '..'))).toEqual(['copy.sqlite']);
    const again = await run(['backup', target], { DATA_DIR: folder });
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') });
    const restored = newFolder();
    mkdirSync(restored, { recursive: true });
    writeFileSync(join(restored, 'hub.sqlite'), readFileSync(target));
    expect((await run(['user', 'list'], { DATA_DIR: restored })).stdout).toMatch(/^Ann /);
  });

  it.each(['embedded', 'redis'])(
    'an export from the %s store has every acknowledged message once, oldest first',
    async (store) => {
      const redis = store === 'redis' ? await startRedis() : null;
      try {
        const env = { DATA_DIR: newFolder(), ...(redis === null ? {} : { REDIS_URL: redis.url }) };
        const hub = await startHubProcess(env);
        const signedUp = await post(`${hub.url}/api/sign-up`, { name: 'Ann', password: 'correct horse battery' });
        const peer = await connectPeer(`${hub.url.replace('http', 'ws')}/ws`, {
          token: token.parse(signedUp.body).token,
        });
        const acked: unknown[] = [];
        for (const text of ['one', 'two', 'three']) {
          acked.push(await peer.ask({ type: 'post', channel: 'lobby', key: newKey(), text, replyTo: null }));
        }
        const lines = (await run(['export'], env)).stdout
          .trim()
          .split('\n')
          .map((line) => exported.parse(JSON.parse(line)));
        expect(lines.map(({ message }) => message.content.rich[0]?.text)).toEqual(['one', 'two', 'three']);
        expect(lines.map(({ message }) => message.id)).toEqual(
          acked.map((ack) => z.object({ message: z.string() }).parse(ack).message),
        );
        expect(lines[0]?.channel).toBe('lobby');
        await peer.close();
        hub.child.kill('SIGTERM');
        await hub.finished;
      } finally {
        await redis?.stop();
      }
    },
  );

  it('an export to a file replaces none, and is empty for a new hub', async () => {
    const folder = newFolder();
    const target = join(newFolder(), 'all.jsonl');
    expect(await run(['export', target], { DATA_DIR: folder })).toMatchObject({
      code: 0,
      stdout: `Wrote 0 messages to ${target}.\n`,
    });
    expect(await run(['export', target], { DATA_DIR: folder })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is there already'),
    });
  });
});

describe('doctor', () => {
  it('finds nothing wrong with a fresh folder, and the hub that runs there', async () => {
    const folder = newFolder();
    const fresh = await run(['doctor'], { DATA_DIR: folder, PORT: '0' });
    expect([fresh.code, fresh.stdout]).toEqual([
      0,
      expect.stringMatching(/^ok {4}The configuration is well formed\.\n/),
    ]);
    expect(fresh.stdout).not.toContain('FAIL');
    const hub = await startHubProcess({ DATA_DIR: folder });
    const running = await run(['doctor'], { DATA_DIR: folder });
    expect(running.stdout).toContain(`ok    Hub 0.1.0 runs at ${hub.url}.\n`);
    expect(running.stdout).toContain('ok    Check store of the running hub.\n');
  });

  it('tells what Redis must be and what it should be, while it starts and after', async () => {
    const unsafe = await startRedis({ appendonly: false });
    const evicting = await startRedis({ maxmemory: '20mb', maxmemoryPolicy: 'allkeys-lru' });
    try {
      const env = { DATA_DIR: newFolder(), PORT: '0' };
      const warned = await run(['doctor'], { ...env, REDIS_URL: unsafe.url });
      expect(warned.code).toBe(0);
      expect(warned.stdout).toMatch(/ok {4}Redis answers at redis:/);
      expect(warned.stdout).toMatch(/warn {2}Redis could be safer\.\n.*appendonly yes/);
      const failed = await run(['doctor'], { ...env, REDIS_URL: evicting.url });
      expect([failed.code, failed.stdout]).toEqual([
        1,
        expect.stringMatching(/FAIL {2}Redis .*\n.*maxmemory-policy noeviction/),
      ]);
      const refused = await runProcess(['start'], { ...env, REDIS_URL: evicting.url });
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('maxmemory-policy noeviction')]);
    } finally {
      await unsafe.stop();
      await evicting.stop();
    }
  });

  it('warns of what is easily got wrong behind a proxy', async () => {
    const env = { DATA_DIR: newFolder(), PORT: '0', PUBLIC_URL: 'https://chat.example' };
    const { code, stdout } = await run(['doctor'], env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/warn .*trustProxy is false\.\n +Set SLIPMAT_TRUST_PROXY/);
    const plain = await run(['doctor'], { ...env, PUBLIC_URL: 'http://chat.example' });
    expect(plain.stdout).toMatch(/warn .*not https: passwords travel in the clear/);
  });

  it('fails on a folder that cannot be written', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    const { code, stdout } = await run(['doctor'], { DATA_DIR: join(file, 'data'), PORT: '0' });
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/FAIL {2}The data folder .* cannot be written \(ENOTDIR\)\.\n +Give this user/),
    ]);
  });
});

describe('where the folder, Redis or a bridge will not do', () => {
  it('a file in place of the folder: start, doctor and the other commands each say so', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    const env = { DATA_DIR: file, PORT: '0' };
    const started = await runProcess(['start'], env);
    expect([started.code, started.stdout, started.stderr]).toEqual([
      2,
      '',
      `The hub did not start: DATA_DIR: the data folder ${file} cannot be written (EEXIST). A file is in its place: set DATA_DIR to a folder.\n`,
    ]);
    const examined = await run(['doctor'], env);
    expect([examined.code, examined.stderr]).toEqual([1, '']);
    expect(examined.stdout).toMatch(
      /FAIL {2}The data folder .* cannot be written \(EEXIST\)\.\n +A file is in its place/,
    );
    const listed = await run(['user', 'list'], env);
    expect([listed.code, listed.stderr]).toEqual([
      1,
      expect.stringMatching(/^The data folder .* \(ENOTDIR\)\. Run this as/),
    ]);
  });

  it('doctor foretells what start refuses: a folder without its Redis, and a Redis of another folder', async () => {
    const redis = await startRedis();
    try {
      const [ours, other] = [newFolder(), newFolder()];
      const hub = await startHubProcess({ DATA_DIR: ours, REDIS_URL: redis.url });
      hub.child.kill('SIGTERM');
      await hub.finished;
      const env = { PORT: '0' };
      for (const [wrong, text] of [
        [{ DATA_DIR: ours }, 'the newest messages of this folder are in Redis'],
        [{ DATA_DIR: other, REDIS_URL: redis.url }, 'Redis belongs to another archive'],
      ] as const) {
        const found = await run(['doctor'], { ...env, ...wrong });
        expect([found.code, found.stdout]).toEqual([1, expect.stringMatching(new RegExp(`FAIL[\\s\\S]*${text}`))]);
        expect((await runProcess(['start'], { ...env, ...wrong })).stderr).toContain(text);
      }
      const right = await run(['doctor'], { ...env, DATA_DIR: ours, REDIS_URL: redis.url });
      expect(right.stdout).not.toContain('FAIL');
    } finally {
      await redis.stop();
    }
  });

  it('doctor loads the bridges: a warning, and a failure where one is required', async () => {
    const bridges = [
      { id: 'chat', use: 'slipmat', config: { origins: ['https://example.org'] } },
      { id: 'typo', use: 'discrod-bridge' },
      { id: 'odd', use: 'slipmat', required: true, config: { orgins: [] } },
    ];
    const env = { DATA_DIR: newFolder(), PORT: '0', SLIPMAT_BRIDGES: JSON.stringify(bridges) };
    const { code, stdout } = await run(['doctor'], env);
    expect(code).toBe(1);
    expect(stdout).toContain('ok    The bridge chat (slipmat) can be loaded.\n');
    expect(stdout).toMatch(
      /warn {2}The bridge typo cannot be loaded\.\n.*neither a built-in bridge \(.*slipmat.*\) nor/,
    );
    expect(stdout).toMatch(/FAIL {2}The bridge odd cannot be loaded\.\n.*orgins: is not a known field; known: origins/);
  });
});

it('a hub that was killed leaves its socket behind, and commands pass it by', async () => {
  const folder = newFolder();
  const hub = await startHubProcess({ DATA_DIR: folder });
  hub.child.kill('SIGKILL');
  await hub.finished;
  const [stale = ''] = listSockets(folder);
  expect(stale).not.toBe('');
  await expect(controlClient(stale).call('status', {})).rejects.toThrow();
  expect((await run(['user', 'list'], { DATA_DIR: folder })).code).toBe(0);
  const next = await startHubProcess({ DATA_DIR: folder });
  await until('the new hub answers', async () =>
    (await run(['doctor'], { DATA_DIR: folder })).stdout.includes(next.url),
  );
});
