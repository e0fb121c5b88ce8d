import type { ContractCase } from './case.ts';
import { CONFIG_CASES } from './cases/config.ts';
import { FAILURE_CASES } from './cases/failures.ts';
import { HEARING_CASES } from './cases/hearing.ts';
import { LIFE_CASES } from './cases/life.ts';
import { OWN_CASES } from './cases/own-posts.ts';
import { POSTING_CASES } from './cases/posting.ts';
import { TEXT_CASES } from './cases/text.ts';

/** All that a bridge promises, in the order in which one grows. */
export const contractCases: readonly ContractCase[] = [
  ...CONFIG_CASES,
  ...HEARING_CASES,
  ...LIFE_CASES,
  ...POSTING_CASES,
  ...OWN_CASES,
  ...TEXT_CASES,
  ...FAILURE_CASES,
];
