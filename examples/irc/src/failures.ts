import { BridgeError, type BridgeFailure } from 'slipmat-hub/plugin';
import type { Line } from './line.ts';

/** IRC says "too fast" without saying for how long: long enough for every common flood limit. */
export const SLOW_DOWN_MS = 10_000;

/** Whether a line refuses a command. */
export function isRefusal({ command }: Line): boolean {
  return command === 'FAIL' || command === '263' || command === '926' || /^[45]\d\d$/.test(command);
}

/** What a refused post or act comes to. */
export function refusalOf(line: Line): BridgeError {
  const code = line.command === 'FAIL' ? (line.params[1] ?? '') : line.command;
  return new BridgeError(`the network refuses it (${code}): ${shown(line)}`, failureOf(code));
}

/** What a refused JOIN comes to, with the mend in words. */
export function joinRefusalOf(line: Line, room: string): { readonly failure: BridgeFailure; readonly say: string } {
  const mend = JOIN_MENDS[line.command] ?? `The network says: ${shown(line)}`;
  const isPassing = line.command === '405' || line.command === '437' || line.command === '263';
  const failure: BridgeFailure = isPassing
    ? { kind: 'retryable', delivered: 'no' }
    : { kind: 'permanent', scope: 'portal' };
  return { failure, say: `${room} cannot be joined: ${mend}` };
}

const JOIN_MENDS: Readonly<Record<string, string>> = {
  '403': 'there is no such channel.',
  '405': 'the bridge is in too many channels.',
  '471': 'it is full (+l). Raise the limit.',
  '473': 'it is for the invited (+i). Invite the bridge.',
  '474': 'the bridge is banned there (+b). Lift the ban.',
  '475': 'it wants a key (+k). Put it under `keys`.',
  '476': 'that is no name of a channel.',
  '477': 'it is for signed-in people (+r or +R). Set `sasl`.',
  '489': 'it is for encrypted connections. Set `tls: true`.',
};

function failureOf(code: string): BridgeFailure {
  switch (code) {
    case '263': // try again
    case '439': // target change too fast
    case '707': // targets changed too fast
    case 'RATE_LIMITED':
      return { kind: 'retryable', delivered: 'no', retryAfterMs: SLOW_DOWN_MS };
    case '403': // no such channel
    case '404': // cannot send to channel: moderated, banned, not in it
    case '442': // not in it
    case '477': // for signed-in people
      return { kind: 'permanent', scope: 'portal' };
    case '464':
    case '465':
    case 'ACCOUNT_REQUIRED':
      return { kind: 'auth' };
    default:
      return { kind: 'permanent', scope: 'command' };
  }
}

function shown({ params }: Line): string {
  return (params.at(-1) ?? '').replace(/\p{C}/gu, ' ').slice(0, 200);
}
