/** The contract kit for authors of bridges: `import … from 'slipmat-hub/contract'`. */
export type { ContractCase } from './case.ts';
export { contractCases } from './cases.ts';
export { contractTests, skipReason, type TestContext } from './skips.ts';
export type {
  ContractSubject,
  DoubleFile,
  DoublePost,
  Fixture,
  PlatformDouble,
  PlatformFailure,
} from './subject.ts';
