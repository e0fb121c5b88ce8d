import { test } from 'node:test';
import { contractTests } from 'slipmat-hub/contract';
import plugin from '../src/index.ts';
import { open, urlOf } from './double.ts';

const subject = {
  plugin,
  open,
  config: (double: Awaited<ReturnType<typeof open>>) => ({ url: urlOf(double), key: double.secret }),
  requiredField: 'key',
};

for (const { name, run } of contractTests(subject)) test(name, run);
