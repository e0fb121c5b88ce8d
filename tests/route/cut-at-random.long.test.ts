import { describeCuts } from './cut-at-random.ts';

describeCuts({ listening: 200, posts: 5_000 });
