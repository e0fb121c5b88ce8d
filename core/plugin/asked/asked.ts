import type { z } from 'zod';

/**
 * What may be asked of the hub, or done there, besides what is said in a channel: to each name what it takes and what it
 * answers, with the schemas that hold it. The native socket, REST and its description are all made from it.
 */
export type Asked<Table extends { readonly [Name in keyof Table]: readonly [unknown, unknown] }> = {
  readonly [Name in keyof Table]: {
    readonly input: z.ZodType<Table[Name][0]>;
    /** What is promised of the answer; tests hold answers against it. */
    readonly output?: z.ZodType<Table[Name][1]>;
  };
};
