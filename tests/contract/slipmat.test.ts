import { contractCases, contractTests, skipReason } from 'slipmat-hub/contract';
import { describe, expect, it } from 'vitest';
import { slipmatSubject } from './slipmat-subject.ts';

describe('the native surface', () => {
  for (const { name, run } of contractTests(slipmatSubject)) it(name, run);

  it('is held to all that concerns a surface; what is left out is left out for want of an operation or of the double', async () => {
    const reasons = await Promise.all(contractCases.map((one) => skipReason(one, slipmatSubject)));
    const tried = reasons.filter((reason) => reason === null);
    expect(tried.length).toBeGreaterThanOrEqual(15);
    const why = new Set(reasons.filter((reason) => reason !== null && !/^the (bridge|double) has no /.test(reason)));
    expect([...why]).toEqual(['the surface works without any configuration', 'there are no fixtures']);
  });
});
