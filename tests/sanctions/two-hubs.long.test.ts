import { describeRounds } from './rounds.ts';

describeRounds(18);
