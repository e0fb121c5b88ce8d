import { describeTexts } from './generated-texts.ts';

describeTexts(10_000);
