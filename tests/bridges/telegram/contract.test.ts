import { type ContractSubject, contractCases, type PlatformDouble, skipReason } from 'slipmat-hub/contract';
import { describe, expect, it } from 'vitest';
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
  skips: {
    'reports a redaction with the ref of its message': 'Telegram tells bots of no deletions',
    'its own posts never come back when the echo is faster than the answer':
      'Telegram tells a bot of none of its posts',
    'shows the name of the author': 'a bot posts under its own name, the author stands in front of the text',
    'posts once for one key': 'Telegram knows no keys of posts',
    'forgets how somebody was shown, and shows them anew when they come back':
      'Telegram shows people by no account or name but the text',
    'finds a post that arrived, and none that did not': 'a bot cannot ask for what stands in a chat',
  },
};

describe('the Telegram bridge keeps the contract', () => {
  it.each(contractCases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const why = await skipReason(one, subject);
    if (why === null) await one.run(subject);
    else process.stdout.write(`left out: ${one.name}: ${why}\n`);
  });
});

it('leaves out what Telegram cannot do, and nothing else', async () => {
  const reasons = await Promise.all(
    contractCases.map(async (one) => [one.name, await skipReason(one, subject)] as const),
  );
  const left = reasons.filter(([, why]) => why !== null);
  expect(Object.fromEntries(left)).toEqual(subject.skips);
});
