import { describe } from 'vitest';
import { describeInterleavings } from './interleavings.ts';

describe('two hubs, for long', () => describeInterleavings('redis', 10_000));
