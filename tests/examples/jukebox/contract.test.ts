import { contractTests } from 'slipmat-hub/contract';
import { describe, it } from 'vitest';
import jukebox from '../../../examples/jukebox/src/index.ts';
import { open, urlOf } from '../../../examples/jukebox/test/double.ts';
import { FIXTURES } from './fixtures.ts';

describe('V3: the bridge that docs/writing-a-bridge.md makes', () => {
  const tests = contractTests({
    plugin: jukebox,
    open,
    config: (double) => ({ url: urlOf(double), key: double.secret }),
    requiredField: 'key',
    fixtures: FIXTURES,
  });
  for (const { name, run } of tests) it(name, run);
});
