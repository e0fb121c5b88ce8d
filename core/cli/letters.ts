import { type Command, InvalidArgumentError } from 'commander';
import type { LetterLine } from '../http/control-operations.ts';
import type { ControlClient } from './control-client.ts';
import { expectOk } from './user.ts';

type InHub = (act: (hub: ControlClient) => Promise<string>) => Promise<void>;

/** `portal letters | retry | drop`: what was given up. */
export function addLetterCommands(portal: Command, inHub: InHub): void {
  portal
    .command('letters [id]')
    .description('list what was given up')
    .option('--json', 'as JSON lines')
    .action((id: string | undefined, options: { json?: boolean }) =>
      inHub(async (hub) => {
        const { letters } = expectOk(await hub.call('portal-letters', { portal: id ?? null }));
        if (options.json === true) return letters.map((one) => `${JSON.stringify(one)}\n`).join('');
        return letters.length === 0 ? 'Nothing was given up.\n' : letters.map(letterText).join('');
      }),
    );
  portal
    .command('retry <id> [letter]')
    .description('try what was given up once more')
    .action((id: string, letter: string | undefined) =>
      inHub(async (hub) => {
        const { letters } = expectOk(await hub.call('portal-retry', { portal: id, letter: parseLetter(letter) }));
        return `${letters} to be tried once more.\n`;
      }),
    );
  portal
    .command('drop <id> [letter]')
    .description('forget what was given up')
    .action((id: string, letter: string | undefined) =>
      inHub(async (hub) => {
        const { letters } = expectOk(await hub.call('portal-drop', { portal: id, letter: parseLetter(letter) }));
        return `${letters} forgotten.\n`;
      }),
    );
}

/** `3f2a…/1042 message 2026-11-22T14:00:00.000Z given up: the room said no`. */
function letterText({ portal, letter, entry, at, kind, say }: LetterLine): string {
  const how = kind === 'dead' ? 'given up' : 'may have arrived';
  const why = say === null ? '' : `: ${say}`;
  return `${portal}/${letter} ${entry} ${new Date(at).toISOString()} ${how}${why}\n`;
}

function parseLetter(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Give the number that `portal letters` shows.');
  return Number(text);
}
