import { describe } from 'vitest';
import { describeInterleavings } from './interleavings.ts';

describe('one hub', () => describeInterleavings('embedded', 300));
describe('two hubs', () => describeInterleavings('redis', 500));
