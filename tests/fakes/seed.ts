import { configureGlobal } from 'fast-check';

/*
 * Every run tries the same inputs, so that what fails fails for everybody. New ones are drawn by
 * `SLIPMAT_TEST_SEED=$RANDOM npm test`.
 */
configureGlobal({ seed: Number(process.env.SLIPMAT_TEST_SEED ?? 1) });
