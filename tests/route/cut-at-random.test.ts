import { describeCuts } from './cut-at-random.ts';

describeCuts({ listening: 60, posts: 1_000 });
