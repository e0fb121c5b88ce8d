import type { ContractCase } from './case.ts';
import { contractCases } from './cases.ts';
import { onRig } from './rig.ts';
import type { ContractSubject } from './subject.ts';

/** The least that a reason says. */
const MIN_REASON = 10;

/**
 * Why a case is left out for this bridge; null: it must hold. Print it in the report.
 * @throws when the subject skips a case that there is not, or without a reason
 */
export async function skipReason<Config>(of: ContractCase, subject: ContractSubject<Config>): Promise<string | null> {
  const said = checkedSkips(subject)[of.name];
  if (said !== undefined) return said;
  if (of.name === FIXTURES && (subject.fixtures ?? []).length === 0) return 'there are no fixtures';
  let reason: string | null = null;
  if (of.needs ?? of.wants ?? of.fails ?? of.unless) {
    await onRig(subject, async (rig) => {
      // Some learn only by starting what they may do.
      if (of.needs ?? of.unless) await rig.start();
      const needed = (of.needs ?? []).filter((operation) => rig.can()[operation] === undefined);
      const wanted = (of.wants ?? []).filter((name) => rig.double[name] === undefined);
      if (needed.length > 0) reason = `the bridge has no ${needed.join(', ')}`;
      else if (wanted.length > 0) reason = `the double has no ${wanted.join(', ')}`;
      else if (of.fails !== undefined && !rig.double.failures?.includes(of.fails)) {
        reason = `the double has no failure "${of.fails}" in its list of failures`;
      } else reason = of.unless?.(rig.can()) ?? null;
    });
  }
  return reason;
}

const FIXTURES = 'decodes each fixture to what it must come to';

function checkedSkips<Config>({ skips = {} }: ContractSubject<Config>): Readonly<Record<string, string>> {
  for (const [name, reason] of Object.entries(skips)) {
    if (!contractCases.some((one) => one.name === name)) throw new Error(`skips: there is no case "${name}"`);
    if (reason.trim().length < MIN_REASON) throw new Error(`skips: "${name}" is left out without a reason`);
  }
  return skips;
}

/** What every test runner hands to a test, as vitest and node:test do. */
export interface TestContext {
  skip(reason: string): void;
}

/** The cases as tests of any runner: `for (const { name, run } of contractTests(subject)) it(name, run)`. */
export function contractTests<Config>(
  subject: ContractSubject<Config>,
): readonly { readonly name: string; run(context: TestContext): Promise<void> }[] {
  return contractCases.map((one) => ({
    name: one.name,
    async run(context) {
      const reason = await skipReason(one, subject);
      if (reason === null) await one.run(subject);
      else context.skip(reason);
    },
  }));
}
