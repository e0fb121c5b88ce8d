import {
  type ContractSubject,
  contractCases,
  contractTests,
  type PlatformDouble,
  skipReason,
} from 'slipmat-hub/contract';
import { describe, expect, it } from 'vitest';
import type { TwitchConfig } from '../../../bridges/twitch/config.ts';
import twitch from '../../../bridges/twitch/index.ts';
import { doubleOf, type FakeTwitch, startTwitch } from '../../fakes/twitch.ts';
import { fixtures } from './fixtures.ts';

const servers = new WeakMap<PlatformDouble, FakeTwitch>();

const subject: ContractSubject<TwitchConfig> = {
  plugin: twitch,
  async open() {
    const server = await startTwitch();
    const double = doubleOf(server);
    servers.set(double, server);
    return double;
  },
  config: (double) => servers.get(double)?.config() ?? {},
  requiredField: 'accessToken',
  fixtures,
};

describe('the bridge to Twitch', () => {
  for (const { name, run } of contractTests(subject)) it(name, run);
});

it('leaves out only what Twitch does not have', async () => {
  const reasons = new Set<string | null>();
  for (const one of contractCases) reasons.add(await skipReason(one, subject));
  expect([...reasons].filter((one) => one !== null).sort()).toEqual([
    'its posts are not idempotent',
    'the bridge has no edit',
    'the bridge has no find',
    'the bridge has no react',
    'the bridge has no retire',
    'the double has no filesOf',
    'the double has no nameOf',
    'the double has no resumes',
    'the double has no userEdits',
    'the double has no userPostsImage',
    'the double has no userReacts',
  ]);
});
