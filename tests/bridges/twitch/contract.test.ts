import { type ContractSubject, contractCases, type PlatformDouble, skipReason } from 'slipmat-hub/contract';
import { describe, it } from 'vitest';
import type { TwitchConfig } from '../../../bridges/twitch/config.ts';
import twitch from '../../../bridges/twitch/index.ts';
import { doubleOf, type FakeTwitch, startTwitch } from '../../fakes/twitch.ts';

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
};

describe('the bridge to Twitch', () => {
  it.each(contractCases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    if ((await skipReason(one, subject)) === null) await one.run(subject);
  });
});
