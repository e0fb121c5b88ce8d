import { isIP } from 'node:net';
import { ConfigError } from 'slipmat-hub/plugin';
import { z } from 'zod';

const NICK = /^[A-Za-z[\]\\`_^{|}][A-Za-z0-9[\]\\`_^{|}-]{0,29}$/;
const line = z.string().regex(/^[^\0\r\n]+$/, 'must be one line of text');
const word = z.string().regex(/^[^\0\r\n :][^\0\r\n ]*$/, 'must be one word');

const fields = z.strictObject({
  host: z.string().min(1),
  network: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]{1,64}$/, 'must be a word of letters, digits, dots and dashes')
    .nullable()
    .default(null),
  port: z.number().int().min(1).max(65_535).optional(),
  tls: z.boolean().default(true),
  certificateSha256: z
    .string()
    .regex(/^([0-9a-f]{2}:?){32}$/i, 'must be the SHA-256 of the certificate in hex')
    .nullable()
    .default(null),
  nick: z.string().regex(NICK, 'must be a nick that every network takes'),
  username: word.max(10).default('slipmat'),
  realname: line.max(100).default('Slipmat Hub'),
  password: word.nullable().default(null),
  sasl: z.strictObject({ account: line, password: line }).nullable().default(null),
  keys: z.record(z.string(), word).default({}),
  pace: z
    .strictObject({ count: z.number().int().min(1).max(1_000), perMs: z.number().int().min(100).max(60_000) })
    .default({ count: 5, perMs: 10_000 }),
});

export interface IrcConfig extends Omit<z.output<typeof fields>, 'port' | 'network'> {
  /** What people here are told from those of other networks by. */
  readonly network: string;
  readonly port: number;
}

export const EXAMPLE_CONFIG = `# The server; 6697 with TLS is the default.
host: irc.example.org
# The network's name, or null for its host. People are known by it: it stays when the host changes.
network: null
port: 6697
tls: true
# For a server with a certificate of its own making: the SHA-256 of it.
certificateSha256: null
nick: slipmat
username: slipmat
realname: Slipmat Hub
# Of the server, where it wants one.
password: null
# The account at the network's services. Or null.
sasl:
  account: slipmat
  password: secret
# Of channels that want one: "#channel": key
keys: {}
# How many lines the network takes in how many ms.
pace: { count: 5, perMs: 10000 }
`;

/** @throws {ConfigError} naming the field */
export function parseConfig(input: unknown): IrcConfig {
  const parsed = fields.safeParse(input ?? {});
  if (!parsed.success) throw errorOf(parsed.error.issues[0]);
  const network = (parsed.data.network ?? parsed.data.host).toLowerCase();
  const config = { ...parsed.data, network, port: parsed.data.port ?? (parsed.data.tls ? 6697 : 6667) };
  const hasSecret = config.password !== null || config.sasl !== null || Object.keys(config.keys).length > 0;
  if (!config.tls && hasSecret && !isThisMachine(config.host)) {
    throw new ConfigError('tls', 'is off, and passwords would cross the network in the clear', 'Set it to true.');
  }
  return config;
}

/** What the bridge calls itself, the best first: each is tried when those before it are taken. */
export function nicksOf({ nick }: Pick<IrcConfig, 'nick'>): readonly string[] {
  return ['', '_', '__', '1', '2', '3', '4', '5'].map((suffix) => nick + suffix);
}

/** All that must never be shown. */
export function secretsOf({ password, sasl, keys }: IrcConfig): readonly string[] {
  return [password, sasl?.password ?? null, ...Object.values(keys)].filter((one) => one !== null);
}

function errorOf(issue: z.core.$ZodIssue | undefined): ConfigError {
  const mend = 'See the README of the IRC bridge.';
  if (issue?.code === 'unrecognized_keys') {
    return new ConfigError([...issue.path, issue.keys.join(', ')].join('.'), 'is not a known field', mend);
  }
  return new ConfigError((issue?.path ?? []).map(String).join('.') || 'config', issue?.message ?? 'is wrong', mend);
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
