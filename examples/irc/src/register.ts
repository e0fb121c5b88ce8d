import { BridgeError, type Clock, withDeadline } from 'slipmat-hub/plugin';
import { type IrcConfig, nicksOf, secretsOf } from './config.ts';
import { openConnection } from './connection.ts';
import { type Line, words } from './line.ts';
import { createSession, type Incoming, type Session, type Settle } from './session.ts';

const REGISTER_MS = 20_000;
/** What the bridge can use, where it is offered. */
const WANTED = new Set([
  'account-notify',
  'account-tag',
  'batch',
  'cap-notify',
  'chathistory',
  'chghost',
  'draft/channel-rename',
  'draft/chathistory',
  'draft/message-redaction',
  'draft/relaymsg',
  'echo-message',
  'extended-join',
  'inspircd.org/standard-replies',
  'invite-notify',
  'labeled-response',
  'message-tags',
  'multi-prefix',
  'server-time',
  'standard-replies',
  'userhost-in-names',
]);
const REQUEST_BYTES = 400;
const SASL_CHUNK = 400;

/** Connects and registers, to the end of the greeting. @throws {BridgeError} with the reason in words */
export async function openSession(
  config: IrcConfig,
  clock: Clock,
  onLine: (line: Line, session: Session) => void,
  signal: AbortSignal,
): Promise<Session> {
  const connection = await openConnection(config, clock, signal);
  const session = createSession(connection, {
    network: config.network,
    nick: config.nick,
    secrets: secretsOf(config),
    clock,
    onLine,
  });
  try {
    await withDeadline(clock, REGISTER_MS, signal, (limited) => register(session, config, limited));
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function register(session: Incoming, config: IrcConfig, outer: AbortSignal): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([outer, failed.signal]);
  const greeted = session.ask(() => {}, greeting(session, config), signal);
  try {
    await Promise.all([greeted, negotiate(session, config, signal)]);
  } finally {
    failed.abort();
  }
  const { botFlag } = session.features;
  if (botFlag !== null) session.send('MODE', [session.self.nick, `+${botFlag}`]);
}

/** Waits for the end of the greeting, and takes another nick where ours is taken. */
function greeting(session: Incoming, config: IrcConfig): Settle<void> {
  const [, ...others] = nicksOf(config);
  let isWelcome = false;
  return (line) => {
    switch (line.command) {
      case '001':
        isWelcome = true;
        return null;
      case '376':
      case '422':
        return isWelcome ? { value: undefined } : null;
      case '432':
        throw new BridgeError('the network does not take this nick', { kind: 'auth' });
      case '433':
      case '436':
      case '437': {
        const next = others.shift();
        if (isWelcome) return null;
        if (next === undefined) throw new BridgeError('the nick is taken, and so are its variants', retryLater(60_000));
        session.send('NICK', [next]);
        return null;
      }
      case '464':
        throw new BridgeError('the server refuses the password', { kind: 'auth' });
      case '465':
        throw new BridgeError(`the network has banned the bridge: ${line.params.at(-1) ?? ''}`, { kind: 'auth' });
      default:
        return null;
    }
  };
}

async function negotiate(session: Incoming, config: IrcConfig, signal: AbortSignal): Promise<void> {
  const offered = await session.ask(() => hello(session, config), listOf(), signal);
  const wanted = [...offered.keys()].filter((name) => WANTED.has(name) || (name === 'sasl' && config.sasl !== null));
  for (const names of requests(wanted)) {
    const taken = await session.ask(() => session.send('CAP', ['REQ', names]), acknowledged, signal);
    for (const name of taken) session.enable(name, offered.get(name) ?? '');
  }
  if (config.sasl !== null) await signIn(session, config.sasl, signal);
  if (offered.size > 0) session.send('CAP', ['END']);
}

function hello(session: Incoming, config: IrcConfig): void {
  session.send('CAP', ['LS', '302']);
  if (config.password !== null) session.send('PASS', [config.password]);
  session.send('NICK', [config.nick]);
  session.send('USER', [config.username, '0', '*', config.realname]);
}

/** The offered capabilities; none from a server that does not know of them. */
function listOf(): Settle<ReadonlyMap<string, string>> {
  const offered = new Map<string, string>();
  return ({ command, params }) => {
    if (command === '001' || (command === '421' && params[1] === 'CAP')) return { value: offered };
    if (command !== 'CAP' || params[1] !== 'LS') return null;
    for (const word of words(params.at(-1))) {
      const at = word.indexOf('=');
      offered.set(at < 0 ? word : word.slice(0, at), at < 0 ? '' : word.slice(at + 1));
    }
    return params[2] === '*' ? null : { value: offered };
  };
}

function acknowledged({ command, params }: Line): { readonly value: readonly string[] } | null {
  if (command !== 'CAP') return null;
  if (params[1] === 'NAK') return { value: [] };
  return params[1] === 'ACK' ? { value: words(params.at(-1)) } : null;
}

function requests(names: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last === undefined || last.length + name.length >= REQUEST_BYTES) lines.push(name);
    else lines[lines.length - 1] = `${last} ${name}`;
  }
  return lines;
}

async function signIn(
  session: Incoming,
  { account, password }: NonNullable<IrcConfig['sasl']>,
  signal: AbortSignal,
): Promise<void> {
  const mechanisms = session.capability('sasl');
  if (mechanisms === null || (mechanisms !== '' && !mechanisms.toUpperCase().split(',').includes('PLAIN'))) {
    throw new BridgeError('the network does not offer SASL PLAIN, which `sasl` asks for', { kind: 'auth' });
  }
  await session.ask(() => session.send('AUTHENTICATE', ['PLAIN']), isAsked, signal);
  const secret = Buffer.from(`\0${account}\0${password}`).toString('base64');
  const send = (): void => {
    for (let at = 0; at <= secret.length; at += SASL_CHUNK) {
      session.send('AUTHENTICATE', [secret.slice(at, at + SASL_CHUNK) || '+']);
    }
  };
  await session.ask(send, isSignedIn, signal);
}

function isAsked(line: Line): { readonly value: undefined } | null {
  return line.command === 'AUTHENTICATE' ? { value: undefined } : isSignedIn(line);
}

function isSignedIn({ command }: Line): { readonly value: undefined } | null {
  switch (command) {
    case '903':
      return { value: undefined };
    case '902':
    case '904':
    case '905':
    case '906':
    case '908':
      throw new BridgeError('the network refuses the account or password of `sasl`', { kind: 'auth' });
    default:
      return null;
  }
}

function retryLater(retryAfterMs: number) {
  return { kind: 'retryable', delivered: 'no', retryAfterMs } as const;
}
