/** The contract kit for authors of bridges: `import … from 'slipmat-hub/contract'`. */
export { type ContractCase, contractCases, skipReason } from './cases.ts';
export type {
  ContractSubject,
  DoubleFile,
  DoublePost,
  Fixture,
  PlatformDouble,
  PlatformFailure,
} from './subject.ts';
