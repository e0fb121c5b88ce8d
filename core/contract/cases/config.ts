import assert from 'node:assert/strict';
import { systemClock } from '../../async/clock.ts';
import { withDeadline } from '../../async/deadline.ts';
import type { ContractCase } from '../case.ts';
import { textOf } from '../port-double.ts';
import type { ContractSubject, PlatformDouble } from '../subject.ts';

const STRAY_FIELD = 'fieldThatNobodyKnows';
const STRAY_VALUE = 'va1ue-0f-nobody';
const DOCTOR_MS = 20_000;

/** What is read before a bridge is built. */
export const CONFIG_CASES: readonly ContractCase[] = [
  {
    name: 'refuses a config without its required field and names it, never its other values',
    run: (subject) =>
      onDouble(subject, async (double) => {
        const { [subject.requiredField]: _, ...rest }: Record<string, unknown> = { ...subject.config(double) };
        const said = textOf(errorOf(() => subject.plugin.parseConfig(rest)));
        assert.ok(said.includes(subject.requiredField), `the error names ${subject.requiredField}`);
        assert.ok(!said.includes(double.secret), 'the error holds no secret');
      }),
  },
  {
    name: 'refuses a config with a field that it does not know and names it, never a value',
    run: (subject) =>
      onDouble(subject, async (double) => {
        const config = { ...subject.config(double), [STRAY_FIELD]: STRAY_VALUE };
        const said = textOf(errorOf(() => subject.plugin.parseConfig(config)));
        assert.ok(said.includes(STRAY_FIELD), 'the error names the field');
        assert.ok(!said.includes(STRAY_VALUE) && !said.includes(double.secret), 'the error holds no value');
      }),
  },
  {
    name: 'refuses a required field of a wrong kind without echoing it',
    run: (subject) =>
      onDouble(subject, async (double) => {
        const wrong = { nested: [STRAY_VALUE] };
        const config = { ...subject.config(double), [subject.requiredField]: wrong };
        const said = textOf(errorOf(() => subject.plugin.parseConfig(config)));
        assert.ok(said.includes(subject.requiredField), `the error names ${subject.requiredField}`);
        assert.ok(!said.includes(STRAY_VALUE), 'the error holds no value');
      }),
  },
  {
    name: 'decodes each fixture to what it must come to',
    async run({ fixtures = [] }) {
      for (const { name, decode, golden } of fixtures) assert.deepEqual(asJson(decode()), asJson(golden), name);
    },
  },
  {
    name: 'doctor says what it finds and how to mend it, and never a secret',
    run: (subject) =>
      onDouble(subject, async (double) => {
        const { plugin } = subject;
        const config = plugin.parseConfig(subject.config(double));
        const findings = await withDeadline(
          systemClock,
          DOCTOR_MS,
          null,
          async (signal) => (await plugin.doctor?.(config, [double.room], signal)) ?? [],
        );
        for (const finding of findings) {
          assert.ok(finding.what !== '', 'a finding says what was looked at');
          assert.ok(finding.level === 'ok' || finding.mend !== '', `"${finding.what}" says how to mend it`);
        }
        assert.ok(!textOf(findings).includes(double.secret), 'the findings hold no secret');
      }),
  },
];

async function onDouble<Config>(
  subject: ContractSubject<Config>,
  run: (double: PlatformDouble) => Promise<void>,
): Promise<void> {
  const double = await subject.open();
  try {
    await run(double);
  } finally {
    await double.stop();
  }
}

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function errorOf(attempt: () => unknown): unknown {
  try {
    attempt();
  } catch (error) {
    return error;
  }
  return assert.fail('it was accepted');
}
