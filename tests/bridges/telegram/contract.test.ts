import { type ContractSubject, contractCases, type PlatformDouble, skipReason } from 'slipmat-hub/contract';
import { describe, it } from 'vitest';
import type { TelegramConfig } from '../../../bridges/telegram/config.ts';
import telegram from '../../../bridges/telegram/index.ts';
import { openTelegramDouble } from '../../fakes/telegram-double.ts';
import { telegramFixtures } from './fixtures.ts';

const urls = new WeakMap<PlatformDouble, string>();

const subject: ContractSubject<TelegramConfig> = {
  plugin: telegram,
  async open() {
    const { double, server } = await openTelegramDouble();
    urls.set(double, server.url);
    return double;
  },
  config: (double) => ({ token: double.secret, apiRoot: urls.get(double), pollSeconds: 5 }),
  requiredField: 'token',
  fixtures: telegramFixtures(),
};

describe('the Telegram bridge keeps the contract', () => {
  it.each(contractCases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const why = await skipReason(one, subject);
    if (why === null) await one.run(subject);
    else process.stdout.write(`left out: ${one.name}: ${why}\n`);
  });
});
