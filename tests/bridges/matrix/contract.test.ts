import { type ContractSubject, contractCases, type PlatformDouble, skipReason } from 'slipmat-hub/contract';
import { describe, expect, it } from 'vitest';
import type { MatrixConfig } from '../../../bridges/matrix/config.ts';
import matrix from '../../../bridges/matrix/index.ts';
import { openMatrixDouble } from '../../fakes/matrix-double.ts';
import { matrixFixtures } from './fixtures.ts';

const configs = new WeakMap<PlatformDouble, object>();

const subject: ContractSubject<MatrixConfig> = {
  plugin: matrix,
  async open() {
    const { double, config } = await openMatrixDouble();
    configs.set(double, config);
    return double;
  },
  config: (double) => configs.get(double) ?? {},
  requiredField: 'homeserverUrl',
  fixtures: matrixFixtures(),
  skips: {
    'finds a post that arrived, and none that did not':
      'a key makes posts happen once, so that none has to be asked for',
  },
};

describe('the Matrix bridge keeps the contract', () => {
  it.each(contractCases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const why = await skipReason(one, subject);
    if (why === null) await one.run(subject);
    else process.stdout.write(`left out: ${one.name}: ${why}\n`);
  });
});

it('leaves out what Matrix does not need, and nothing else', async () => {
  const reasons = await Promise.all(
    contractCases.map(async (one) => [one.name, await skipReason(one, subject)] as const),
  );
  const left = reasons.filter(([, why]) => why !== null);
  expect(Object.fromEntries(left)).toEqual(subject.skips);
});
