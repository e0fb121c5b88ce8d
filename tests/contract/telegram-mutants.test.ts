import type { ContractSubject, PlatformDouble } from 'slipmat-hub/contract';
import { describe, expect, it } from 'vitest';
import type { TelegramConfig } from '../../bridges/telegram/config.ts';
import telegram from '../../bridges/telegram/index.ts';
import { openTelegramDouble } from '../fakes/telegram-double.ts';
import { caseOf, fateOf } from './mutants.ts';
import { mutations } from './mutations.ts';

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
};
/** Telegram has nothing that the fault could be planted in: it tells of no removals, and can be asked for no post. */
const ABSENT = ['redactions are kept back', 'what was never sent is found'];

describe.concurrent('the kit finds a Telegram bridge in which', () => {
  it.each(mutations.filter(({ fault }) => !ABSENT.includes(fault)).map((one) => [one.fault, one] as const))(
    '%s',
    async (_, mutation) => {
      expect(await fateOf(mutation, subject)).toEqual({ kind: 'killed', by: caseOf(mutation).name });
    },
    120_000,
  );
});
