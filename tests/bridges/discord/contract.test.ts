import type { PlatformDouble } from 'slipmat-hub/contract';
import { type ContractSubject, contractTests } from 'slipmat-hub/contract';
import { describe, it } from 'vitest';
import type { DiscordConfig } from '../../../bridges/discord/config.ts';
import discord from '../../../bridges/discord/index.ts';
import { openDiscordDouble } from '../../fakes/discord-double.ts';
import { discordFixtures } from './fixtures.ts';

const roots = new WeakMap<PlatformDouble, string>();

const subject: ContractSubject<DiscordConfig> = {
  plugin: discord,
  async open() {
    const double = await openDiscordDouble();
    roots.set(double, double.server.apiRoot);
    return double;
  },
  config: (double) => ({ token: double.secret, apiRoot: roots.get(double) }),
  requiredField: 'token',
  fixtures: discordFixtures(),
};

describe('the contract of bridges', () => {
  for (const { name, run } of contractTests(subject)) it(name, run);
});
