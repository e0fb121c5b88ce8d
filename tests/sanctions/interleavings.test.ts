import { describe } from 'vitest';
import { describeInterleavings } from './interleavings.ts';

describe('one hub', () => describeInterleavings('embedded', 500));
describe('two hubs', () => describeInterleavings('redis', 1_500));
