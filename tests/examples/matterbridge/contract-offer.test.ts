import { type ContractSubject, contractTests } from 'slipmat-hub/contract';
import { describe, it } from 'vitest';
import type { MatterbridgeConfig } from '../../../examples/matterbridge/src/config.ts';
import matterbridge from '../../../examples/matterbridge/src/index.ts';
import { configOf, openProgram } from './offer-double.ts';

/** Nobody is asked for anything: programs come by themselves, and what is for them is written down here. */
const ASKS_NOBODY = 'the bridge offers the API and asks nobody: no program can refuse it';

const subject: ContractSubject<MatterbridgeConfig> = {
  plugin: matterbridge,
  open: openProgram,
  config: configOf,
  requiredField: 'readers',
  skips: {
    'makes a rate limit retryable, after the milliseconds that the platform asks': ASKS_NOBODY,
    'makes a rate limit of an edit retryable too': ASKS_NOBODY,
    'makes a rate limit of a redaction retryable too': ASKS_NOBODY,
    'makes a refused credential an auth failure': ASKS_NOBODY,
    'makes a lost room permanent for the portal': ASKS_NOBODY,
    'makes an outage of the platform retryable, and posts afterwards': ASKS_NOBODY,
    'says that it does not know when the connection breaks before the answer': ASKS_NOBODY,
    'rejects promptly when it is aborted while it waits, and does not say that nothing arrived': ASKS_NOBODY,
    'never prints its credential in an error, a log or a status': `${ASKS_NOBODY}; offer.test.ts tries what it logs`,
    'gives up starting when it is told to': 'it waits for nobody when it starts',
    'fails to start with an auth failure when its credential is refused': ASKS_NOBODY,
    'delivers again after a new start what was not stored': 'programs are told so (503) and post again by themselves',
    'delivers after a new start what was said meanwhile, and nothing older':
      'who posts while it is away is not answered',
    'comes back by itself after a broken connection, or says that the link failed': 'programs connect, not the bridge',
    'its own posts never come back when the echo is faster than the answer': 'nothing of its own is posted to it',
    'reports a reaction with the ref of its message': 'the API of matterbridge has no reactions',
    'reports a reaction of somebody to one of its own posts': 'the API of matterbridge has no reactions',
    'formats nothing that is not formatted': 'the API carries plain text and reads no markup',
  },
};

describe('the contract, offering the API', () => {
  for (const { name, run } of contractTests(subject)) {
    const test = name.startsWith('leaves no') ? it : it.concurrent;
    test(name, run);
  }
});
