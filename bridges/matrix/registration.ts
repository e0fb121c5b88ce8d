import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { BridgeError, type Registration, type RegistrationFacts } from '../../core/plugin/index.ts';
import type { MatrixConfig } from './config.ts';

/** The secrets that the homeserver and the hub share, and what the homeserver was told. */
export interface Registered {
  readonly id: string;
  readonly url: string | null;
  /** Ours: with it we speak to the homeserver. */
  readonly asToken: string;
  /** Theirs: with it the homeserver speaks to us. */
  readonly hsToken: string;
  /** Everything else, to compare. */
  readonly rest: unknown;
}

const file = z.looseObject({
  id: z.string().min(1),
  url: z.string().nullable(),
  as_token: z.string().min(16),
  hs_token: z.string().min(16),
});

/** Pure. The tokens are made once and kept; everything else is as the configuration has it now. */
export function makeRegistration(config: MatrixConfig, { read, url, newSecret }: RegistrationFacts): Registration {
  const before = read(config.registration);
  const known = before === null ? null : parseRegistration(before);
  const tokens = { as_token: known?.asToken ?? newSecret(), hs_token: known?.hsToken ?? newSecret() };
  const text = stringify({
    id: known?.id ?? 'slipmat-hub',
    url: config.hubUrl ?? url,
    ...tokens,
    ...termsOf(config),
  });
  const next =
    'Let the homeserver read it (Synapse: app_service_config_files in homeserver.yaml), restart the homeserver, ' +
    'then start the hub. The file holds two secrets: only these two programs may read it.';
  return { file: config.registration, text, next };
}

/** What the homeserver must know besides tokens and address. */
export function termsOf({ bot, serverName }: MatrixConfig): object {
  const server = serverName.replaceAll('.', '\\.');
  const name = bot.replaceAll('.', '\\.');
  return {
    sender_localpart: bot,
    rate_limited: false,
    receive_ephemeral: true,
    'de.sorunome.msc2409.push_ephemeral': true,
    namespaces: {
      users: [{ exclusive: true, regex: `@${name}_.*:${server}` }],
      aliases: [
        { exclusive: true, regex: `#${name}_.*:${server}` },
        { exclusive: true, regex: `#${name}:${server}` },
      ],
      rooms: [],
    },
  };
}

/** Null: it is no registration. */
export function parseRegistration(text: string): Registered | null {
  const read = file.safeParse(yamlOf(text));
  if (!read.success) return null;
  const { id, url, as_token: asToken, hs_token: hsToken, ...rest } = read.data;
  return { id, url, asToken, hsToken, rest };
}

/** @throws {BridgeError} that names the mend, never what is in the file */
export async function readRegistration({ registration }: MatrixConfig): Promise<Registered> {
  const mend = 'make it with `slipmat-hub registration`';
  let text: string;
  try {
    text = await readFile(registration, 'utf8');
  } catch (cause) {
    throw new BridgeError(`the registration file cannot be read; ${mend}`, { kind: 'auth' }, { cause });
  }
  const found = parseRegistration(text);
  if (found === null) throw new BridgeError(`the registration file is none; ${mend}`, { kind: 'auth' });
  return found;
}

function yamlOf(text: string): unknown {
  try {
    return parse(text);
  } catch {
    // not YAML at all
    return null;
  }
}
