import { type ContractSubject, contractTests, type Fixture } from 'slipmat-hub/contract';
import { describe, it } from 'vitest';
import type { MatterbridgeConfig } from '../../../examples/matterbridge/src/config.ts';
import { accountOf, replyOf } from '../../../examples/matterbridge/src/inbound.ts';
import matterbridge from '../../../examples/matterbridge/src/index.ts';
import { refOf, timeOf } from '../../../examples/matterbridge/src/join/decode.ts';
import { readMessage } from '../../../examples/matterbridge/src/message.ts';
import { configOf, openMatterbridge } from './fake-matterbridge.ts';

const NO_IDS = 'matterbridge gives its API no ids: an edit comes as a message of its own, and no deletion comes at all';
const SAID = {
  text: 'hi',
  channel: '#dance',
  username: 'ann',
  userid: 'ann!~ann@example.org',
  avatar: '',
  account: 'irc.libera',
  event: '',
  protocol: 'irc',
  gateway: 'main',
  parent_id: 'msg-parent-not-found',
  timestamp: '2025-11-24T16:00:00.123456789+01:00',
  id: '',
  Extra: null,
};

const FIXTURES: readonly Fixture[] = [
  {
    name: 'a message from IRC',
    decode() {
      const read = readMessage.parse(SAID);
      return { ref: refOf(read), by: accountOf(read), at: timeOf(read, 0 as never), replyTo: replyOf(read) };
    },
    golden: {
      ref: { room: 'main', id: '2025-11-24T16:00:00.123456789+01:00-ed315bdb75dfcae7' },
      by: { id: 'irc.libera/ann!~ann@example.org', name: 'ann', avatarUrl: null, isBot: false, isProved: false },
      at: 1763996400123,
      replyTo: null,
    },
  },
];

const subject: ContractSubject<MatterbridgeConfig> = {
  plugin: matterbridge,
  open: openMatterbridge,
  config: configOf,
  requiredField: 'url',
  fixtures: FIXTURES,
  skips: {
    'reports an edit with the ref of its message, each under its own id': NO_IDS,
    'reports a redaction with the ref of its message': NO_IDS,
    'reports a reaction with the ref of its message': 'the API of matterbridge has no reactions',
    'reports a reaction of somebody to one of its own posts': 'the API of matterbridge has no reactions',
    'its own posts never come back when the echo is faster than the answer':
      'matterbridge sends nobody their own posts',
    'formats nothing that is not formatted': 'the API carries plain text; what is behind it reads it in its own way',
  },
};

describe('the contract, at a matterbridge', () => {
  for (const { name, run } of contractTests(subject)) {
    const test = name.startsWith('leaves no') ? it : it.concurrent;
    test(name, run);
  }
});
