import { BridgeError, type Finding, isBridgeError, type RoomId, systemClock, withDeadline } from 'slipmat-hub/plugin';
import type { IrcConfig } from './config.ts';
import { codeOf } from './connection.ts';
import { joinRefusalOf } from './failures.ts';
import { type Line, words } from './line.ts';
import { openSession } from './register.ts';
import { isChannelName, joined, keyOf } from './rooms.ts';
import type { Session } from './session.ts';

const README = 'examples/irc/README.md';
const JOIN_MS = 5_000;

/** Connects as the bridge would, looks into each channel, and leaves. It is seen there for a moment. */
export async function doctor(
  config: IrcConfig,
  rooms: readonly RoomId[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const names: Line[] = [];
  let session: Session;
  try {
    session = await openSession(config, systemClock, (line) => keepNames(names, line), signal);
  } catch (error) {
    return [unreachable(error, config)];
  }
  try {
    const found = [...registered(session, config), ...offers(session)];
    for (const room of rooms) {
      names.length = 0;
      found.push(...(await lookInto(room, session, config, names)));
    }
    return found;
  } finally {
    await session.close();
  }
}

function keepNames(names: Line[], line: Line): void {
  if (line.command === '353') names.push(line);
}

function unreachable(error: unknown, { host, port }: IrcConfig): Finding {
  if (isBridgeError(error) && error.failure.kind === 'auth') {
    return { level: 'fail', what: `IRC: ${error.message}`, mend: `Correct it: ${README}#account` };
  }
  const code = error instanceof BridgeError && error.cause !== undefined ? codeOf(error.cause) : codeOf(error);
  const what = `IRC: ${host}:${port} cannot be used (${code})`;
  return { level: 'fail', what, mend: `${mendOf(code)} ${README}#connection` };
}

function mendOf(code: string): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'The name of the host is wrong, or names cannot be looked up here.';
    case 'ECONNREFUSED':
      return 'Nothing listens on that port: 6697 is usual with TLS, 6667 without.';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
      return 'The host is down, or a firewall stands between.';
    case 'ECONNRESET':
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return 'That port may not speak TLS: try 6697, or `tls: false`.';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'CERT_HAS_EXPIRED':
      return 'Its certificate is not trusted: ask for a good one, or pin it by `certificateSha256`.';
    default:
      return 'Read what the server says, and try again.';
  }
}

function registered({ self }: Session, { host, port, nick, sasl, tls }: IrcConfig): readonly Finding[] {
  const found: Finding[] = [{ level: 'ok', what: `IRC: connected to ${host}:${port} ${tls ? 'with' : 'without'} TLS` }];
  if (self.nick === nick) found.push({ level: 'ok', what: `IRC: the nick is ${nick}` });
  else {
    const what = `IRC: the nick ${nick} is taken, by a running hub perhaps; this is ${self.nick}`;
    found.push({ level: 'warn', what, mend: `If no hub runs, choose another or register it: ${README}#account` });
  }
  if (sasl !== null) found.push({ level: 'ok', what: `IRC: signed in as ${sasl.account}` });
  else {
    const mend = `Register the nick, so that it stays yours: ${README}#account`;
    found.push({ level: 'warn', what: 'IRC: not signed in to an account', mend });
  }
  return found;
}

/** What the network lacks, and what that costs. */
function offers(session: Session): readonly Finding[] {
  const lacks = COSTS.filter(([names]) => names.every((name) => session.capability(name) === null));
  return lacks.map(([[name = ''], cost]) => ({
    level: 'warn',
    what: `IRC: the network has no ${name}: ${cost}`,
    mend: `Nothing to do, but good to know: ${README}#what-the-network-must-offer`,
  }));
}

const COSTS: readonly (readonly [readonly string[], string])[] = [
  [['message-tags'], 'messages have no ids, so replies and reactions do not come across'],
  [['account-tag'], 'people are told apart by host alone'],
  [['echo-message'], 'a post that the network drops without a word is not noticed'],
  [['draft/chathistory', 'chathistory'], 'what is said while the hub is away may be lost'],
];

async function lookInto(
  room: RoomId,
  session: Session,
  config: IrcConfig,
  names: readonly Line[],
): Promise<readonly Finding[]> {
  const mend = `${README}#channels`;
  if (!isChannelName(room, session)) return [{ level: 'fail', what: `IRC: "${room}" is no name of a channel`, mend }];
  const key = keyOf(config, session, room);
  const send = (): void => session.send('JOIN', key === null ? [room] : [room, key]);
  try {
    const refused = await withDeadline(systemClock, JOIN_MS, null, (signal) =>
      session.ask(send, joined(session, room), signal),
    );
    if (refused !== null) return [{ level: 'fail', what: `IRC: ${joinRefusalOf(refused, room).say}`, mend }];
  } catch (error) {
    return [{ level: 'fail', what: `IRC: no answer to JOIN ${room} (${codeOf(error)})`, mend }];
  }
  const found: Finding[] = [{ level: 'ok', what: `IRC: ${room} can be joined` }];
  const isOperator = hasRank(session, names);
  session.send('PART', [room]);
  if (isOperator) return [...found, { level: 'ok', what: `IRC: operator of ${room}, so bans can be applied there` }];
  const what = `IRC: no operator of ${room}: bans are kept by the hub alone`;
  return [...found, { level: 'warn', what, mend: `Have it made one, if it shall ban there: ${README}#channels` }];
}

function hasRank(session: Session, names: readonly Line[]): boolean {
  const signs = session.features.ranks.filter(({ mode }) => mode !== 'v').map(({ sign }) => sign);
  return names.some(({ params }) =>
    words(params.at(-1)).some((word) => {
      const nick = word.replace(/^[^A-Za-z[\]\\`_^{|}]+/, '').split('!')[0] ?? '';
      return session.isSelf(nick) && signs.some((sign) => word.startsWith(sign));
    }),
  );
}
