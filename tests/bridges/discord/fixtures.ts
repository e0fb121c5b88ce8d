import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeMessage } from '../../../bridges/discord/decode.ts';
import { decodeInteraction } from '../../../bridges/discord/interactions.ts';
import { apiMessage, interaction } from '../../../bridges/discord/packets.ts';
import type { Named } from '../../../bridges/discord/tags.ts';
import type { Fixture } from '../../../core/contract/index.ts';
import type { ChannelId, UserId } from '../../../core/domain/ids.ts';
import type { CommandSpec } from '../../../core/plugin/index.ts';

export const FOLDER = join(import.meta.dirname, '../../fixtures/discord');

const NAMED: Named = {
  user: (id) => ({ name: 'somebody', user: `u-${id}` as UserId }),
  role: () => 'Moderators',
  channel: () => ({ name: 'booth', channel: 'lobby' as ChannelId }),
};

const argument = (name: string, kind: CommandSpec['arguments'][number]['kind']) =>
  ({ name, summary: name, kind, choices: [], isRequired: kind === 'person' }) as const;
export const TIMEOUT: CommandSpec = {
  name: 'timeout',
  summary: 'Silences somebody for 2 to 10 minutes.',
  arguments: [argument('person', 'person'), argument('minutes', 'minutes'), argument('reason', 'text')],
  least: 'moderator',
};

interface Stored {
  readonly payload: { readonly data?: unknown };
  readonly golden: unknown;
}

/** Payloads of the gateway in the documented shape, secrets and names replaced, each with what it must come to. */
export function discordFixtures(): readonly Fixture[] {
  return readdirSync(FOLDER).map((file) => {
    const { payload, golden } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Stored;
    return { name: file.replace('.json', ''), golden, decode: () => decode(payload) };
  });
}

function decode(payload: Stored['payload']): unknown {
  return payload.data === undefined
    ? decodeMessage(apiMessage.parse(payload), NAMED)
    : decodeInteraction(interaction.parse(payload), [TIMEOUT]);
}
