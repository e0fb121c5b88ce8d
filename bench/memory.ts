import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { rssOf } from './lib/cores.ts';
import { commonOptions, interleave, type Measured, save } from './lib/harness.ts';
import { startLoadClient } from './lib/load-client.ts';
import { findRivals, type Rival, startRival } from './lib/rivals.ts';
import { rounded } from './lib/stats.ts';

/** What an idle connection takes of the server's memory, and what channels and known users take. */

type ConnectionFigures = { readonly perConnectionBytes: number; readonly atFullMb: number };
type Held = { readonly heldBytes: number; readonly rssBytes: number };

/** Open before it counts, so that code is compiled. */
const FIRST = 200;
const CHANNELS = 1_000;
const USERS = 100_000;
const MB = 1_048_576;

export async function run(words: readonly string[]): Promise<object> {
  const { isQuick, rounds } = commonOptions(words);
  const connections = isQuick ? 2_000 : 10_000;
  const { hub, raw, ws, socketIo, uws } = findRivals();
  const mode = (found: typeof hub) => ('missing' in found ? null : () => connected(found, connections));
  const modes = { hub: mode(hub), raw: mode(raw), ws: mode(ws), socketIo: mode(socketIo), uws: mode(uws) };
  // Others on the machine do not change what memory is taken.
  const results = await interleave<keyof typeof modes, ConnectionFigures>(modes, rounds ?? (isQuick ? 1 : 3), 0);
  const bytes = (name: keyof typeof modes) => results[name]?.median.perConnectionBytes ?? null;
  const own = bytes('hub') ?? Number.NaN;
  const times = (name: keyof typeof modes) => {
    const rival = bytes(name);
    return rival === null ? null : rounded(rival / own);
  };
  const figures = {
    connections,
    perConnectionBytes: Math.round(own),
    vsRaw: times('raw'),
    vsWs: times('ws'),
    vsSocketIo: times('socketIo'),
    vsUws: times('uws'),
    ...('missing' in hub ? {} : await known(hub)),
  };
  return save('memory', figures, { isQuick, isQuiet: true, details: results });
}

async function connected(rival: Rival, connections: number): Promise<Measured<ConnectionFigures>> {
  const server = await startRival(rival);
  try {
    const client = await startLoadClient({ port: server.port, protocol: server.protocol, count: FIRST });
    const { pid } = server.child;
    const before = await settledRss(pid);
    await client.open(connections);
    const after = await settledRss(pid);
    await client.end();
    const figures = { perConnectionBytes: (after - before) / connections, atFullMb: Math.round(after / MB) };
    return { figures, othersShare: null };
  } finally {
    await server.child.end();
  }
}

/** Waits until it stays the same: collections come by themselves, some of them only when it is quiet. */
async function settledRss(pid: number): Promise<number> {
  let last = rssOf(pid);
  let sameFor = 0;
  for (let tries = 0; tries < 60 && sameFor < 8; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const now = rssOf(pid);
    sameFor = Math.abs(now - last) < last * 0.005 ? sameFor + 1 : 0;
    last = now;
  }
  return last;
}

/** The hub started over an empty directory, one full of channels, and one full of people. */
async function known(hub: Rival): Promise<object> {
  const empty = await over(hub, null);
  const channels = await over(hub, (db) => {
    const insert = db.prepare(
      "insert into channels (id, kind, name, topic, owner_id, created_at) values (?, 'dj', ?, '', ?, 0)",
    );
    const user = db.prepare('insert into users (id, name, is_admin, is_disabled, created_at) values (?, ?, 0, 0, 0)');
    for (let at = 0; at < CHANNELS; at += 1) {
      user.run(`dj${at}`, `DJ number ${at}`);
      insert.run(`dj-${at}`, `The channel of DJ number ${at}`, `dj${at}`);
    }
  });
  const users = await over(hub, (db) => {
    const user = db.prepare('insert into users (id, name, is_admin, is_disabled, created_at) values (?, ?, 0, 0, 0)');
    const account = db.prepare(
      "insert into accounts (platform, id, user_id, name, first_seen_at) values ('discord', ?, ?, ?, 0)",
    );
    for (let at = 0; at < USERS; at += 1) {
      user.run(`user${at}`, `User number ${at}`);
      account.run(`${at}`, `user${at}`, `User number ${at}`);
    }
  });
  return {
    perChannelBytes: Math.round((channels.heldBytes - empty.heldBytes) / CHANNELS),
    perKnownUserBytes: Math.round((users.heldBytes - empty.heldBytes) / USERS),
    channels: CHANNELS,
    knownUsers: USERS,
    emptyHubMb: Math.round(empty.rssBytes / MB),
    withChannelsMb: Math.round(channels.rssBytes / MB),
    withUsersMb: Math.round(users.rssBytes / MB),
  };
}

async function over(hub: Rival, fill: ((db: Database.Database) => void) | null): Promise<Held> {
  const dataDir = mkdtempSync(join(tmpdir(), 'slipmat-bench-memory-'));
  try {
    const how = { env: { BENCH_DATA_DIR: dataDir }, nodeArgs: ['--expose-gc'] };
    if (fill !== null) {
      // The first start makes the tables.
      await (await startRival(hub, how)).child.end();
      const db = new Database(join(dataDir, 'hub.sqlite'));
      db.transaction(fill)(db);
      db.close();
    }
    const server = await startRival(hub, how);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await server.use();
    const { held, rss } = await server.use();
    await server.child.end();
    return { heldBytes: held, rssBytes: rss };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
