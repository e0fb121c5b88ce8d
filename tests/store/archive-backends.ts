import { type Backend, EMBEDDED } from './archive-rig.ts';

/** Both live stores: what is promised of the archive holds over either. */
export const BACKENDS: readonly Backend[] = [EMBEDDED];
