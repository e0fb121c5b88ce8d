import { type ContractSubject, contractTests, type PlatformDouble } from 'slipmat-hub/contract';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { AccountId, RoomId } from '../../../core/domain/ids.ts';
import type { IrcConfig } from '../../../examples/irc/src/config.ts';
import irc from '../../../examples/irc/src/index.ts';
import { FIXTURES } from './fixtures.ts';
import { hasInspircd, type Inspircd, startInspircd } from './inspircd.ts';
import { connectPerson, type Person } from './person.ts';
import { startWire } from './wire.ts';

/** IRC does not say how long to wait: the bridge waits this long. */
const RETRY_AFTER_MS = 10_000;
const ports = new WeakMap<PlatformDouble, { readonly port: number; readonly nick: string }>();
let server: Inspircd;
let keeper: Person;
let opened = 0;

beforeAll(async () => {
  if (!hasInspircd) return;
  server = await startInspircd();
  keeper = await connectPerson(server.port, 'keeper', server.password);
  keeper.raw('OPER root root');
  await keeper.sees(/ 381 /);
});
afterAll(() => server?.stop());

/** A channel of its own on the real server, with a wire in between that fails when it is told to. */
async function open(): Promise<PlatformDouble> {
  opened += 1;
  const nick = `bridge${opened}`;
  const [room, second] = [`#c${opened}` as RoomId, `#d${opened}` as RoomId];
  const wire = await startWire(server.port);
  for (const one of [room, second]) {
    await keeper.join(one);
    keeper.raw(`MODE ${one} +Hw 100:1d o:${nick}!*@*`);
  }
  const double: PlatformDouble = {
    room,
    secret: server.password,
    retryAfterMs: RETRY_AFTER_MS,
    userPosts: (text) => say(room, text),
    async deliverAgain(id) {
      wire.tell(wire.last(new RegExp(`msgid=${id}[; ]`)) ?? '');
    },
    posted: () => wire.echoes().flatMap((line) => postIn(line, room)),
    failures: ['cut', 'outage', 'silence'],
    failNext: wire.failNext,
    resumes: true,
    // The echo is the answer.
    echoBeforeResponse: () => {},
    refuseLogin: wire.refuseLogin,
    dropConnections: wire.cut,
    async userReacts(id, emoji) {
      keeper.raw(`@+draft/react=${emoji};+draft/reply=${id} TAGMSG ${room}`);
    },
    async userReplies(to, text) {
      return idOf(await keeper.asks(`+draft/reply=${to}`, `PRIVMSG ${room} :${text}`));
    },
    second: {
      room: second,
      userPosts: (text) => say(second, text),
      posted: () => wire.echoes().flatMap((line) => postIn(line, second)),
    },
    tricks: ['\x02bold\x02', '\x0304,01red', '\x16reverse', 'keeper: look', 'KEEPER', 'hey keeper!', '\x01VERSION\x01'],
    pinged: (id) => {
      const text = wire.echoes().find((line) => line.includes(`msgid=${id}`)) ?? '';
      const said = strip(text.slice(text.indexOf(' PRIVMSG ')));
      return /(?<![\p{L}\p{N}])keeper(?![\p{L}\p{N}])/iu.test(said) || said.includes('\x01') ? ['keeper'] : [];
    },
    formatted: (id) => {
      const line = wire.echoes().find((one) => one.includes(`msgid=${id}`)) ?? '';
      return line.slice(line.indexOf(' PRIVMSG ')).match(CODES) ?? [];
    },
    person: {
      account: '127.0.0.1/host/victim@127.0.0.1' as AccountId,
      standing: () => (wire.last(/MODE \S+ [+-]b :?\*!victim@127/)?.includes('+b') ? 'ban' : 'free'),
    },
    async stop() {
      keeper.raw(`PART ${room},${second}`);
      await wire.stop();
    },
  };
  ports.set(double, { port: wire.port, nick });
  return double;
}

async function say(room: RoomId, text: string): Promise<string> {
  return idOf(await keeper.asks('', `PRIVMSG ${room} :${text}`));
}

function idOf(line: string): string {
  return /msgid=([^;\s]+)/.exec(line)?.[1] ?? '';
}

const CODES = /[\x02\x03\x04\x0f\x11\x16\x1d-\x1f]/g;
function strip(text: string): string {
  return text.replace(/\x03(\d{1,2}(,\d{1,2})?)?/g, '').replace(CODES, '');
}

function postIn(line: string, room: string): readonly { readonly id: string; readonly text: string }[] {
  const found = /^@(\S+) :\S+ PRIVMSG (\S+) :?(.*)$/.exec(line);
  if (found?.[2] !== room) return [];
  return [{ id: idOf(found[1] ?? ''), text: strip(found[3] ?? '') }];
}

const subject: ContractSubject<IrcConfig> = {
  plugin: irc,
  open,
  config: (double) => {
    const at = ports.get(double);
    return { host: '127.0.0.1', port: at?.port, tls: false, nick: at?.nick, password: double.secret };
  },
  requiredField: 'nick',
  fixtures: FIXTURES,
};

describe.skipIf(!hasInspircd)('the contract, on a real InspIRCd', () => {
  for (const { name, run } of contractTests(subject)) {
    // Registration takes a second; what counts the process's own sockets must be alone.
    const test = name.startsWith('leaves no') ? it : it.concurrent;
    test(name, run);
  }
});
