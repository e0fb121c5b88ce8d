import { describe } from 'vitest';
import { describeAppend } from './append.ts';
import { describeDeliveries } from './deliveries.ts';
import { describeExperiments } from './experiments.ts';
import { describeModeration } from './moderation.ts';
import type { OpenForTest, Traits } from './opened.ts';
import { describeModel } from './property.ts';
import { describeReading } from './reading.ts';
import { describeSmallPorts } from './small-ports.ts';
import { describeTrimming } from './trimming.ts';

/** Everything that both live stores promise. */
export function describeLiveStore(name: string, open: OpenForTest, traits: Traits): void {
  describe(name, () => {
    describeAppend(open);
    describeModeration(open);
    describeReading(open);
    describeTrimming(open);
    describeSmallPorts(open, traits);
    describeDeliveries(open);
    describeExperiments(open);
    describeModel(open);
  });
}
