import { describe, expect, it } from 'vitest';
import jukebox from '../../../examples/jukebox/src/index.ts';
import { open, urlOf } from '../../../examples/jukebox/test/double.ts';
import { fateOf } from '../../contract/mutants.ts';
import { mutations } from '../../contract/mutations.ts';

const subject = {
  plugin: jukebox,
  open,
  config: (double: Awaited<ReturnType<typeof open>>) => ({ url: urlOf(double), key: double.secret }),
  requiredField: 'key',
};

/** It redacts one message at a time anyway. */
const ALIKE = ['a redaction takes the first message alone'];

describe.concurrent('the kit finds no way past it in a bridge made by new-bridge:', () => {
  it.each(mutations.filter(({ fault }) => !ALIKE.includes(fault)).map((one) => [one.fault, one] as const))(
    '%s',
    async (_, mutation) => {
      expect((await fateOf(mutation, subject)).kind).not.toBe('survived');
    },
    120_000,
  );
});
