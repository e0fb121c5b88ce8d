import type { z } from 'zod';
import type { Refusal } from '../../domain/receipt.ts';
import type { Scope } from '../../domain/scopes.ts';

/**
 * What may be asked of the hub, or done there, besides what is said in a channel: to each name what it takes and what it
 * answers, with the schemas that hold it. The native socket, REST and its description are all made from it.
 */
export type Asked<Table extends { readonly [Name in keyof Table]: readonly [unknown, unknown] }> = {
  readonly [Name in keyof Table]: Operation<Table[Name][0], Table[Name][1]>;
};

export type ScopeOrNot = Scope | 'session' | 'any';

export interface Operation<Input, Output> {
  readonly input: z.ZodType<Input>;
  /** What is promised of the answer; tests hold answers against it. */
  readonly output: z.ZodType<Output>;
  /** What a token must have been given. `session`: no token will do; `any`: any does. Absent: `account`. */
  readonly scope?: ScopeOrNot;
  /**
   * For tokens of one channel. A question or act that names no channel (`channel` or `event`) is not for them, unless
   * it says here that it answers for what its actor can see alone. Absent: it is not.
   */
  readonly isListing?: true;
  /** For overlays too, which are given these fields whatever they ask. Absent: it is not. */
  readonly forOverlays?: Partial<Input>;
  /** How it is reached over REST. Absent: not at all. */
  readonly rest?: Rest;
}

/** One line of the REST API. Fields of the input that the path does not name come by the query or the body. */
export interface Rest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`; names in braces are fields of the input. */
  readonly path: string;
  readonly summary: string;
  /** Something is made: answered with 201. */
  readonly isMaking?: true;
  /** Costs the hub as much as ten others. */
  readonly isHeavy?: true;
  /** What may turn it down besides what may turn down anything: 400, 401, 403, 404 where it names something, 429. */
  readonly refusals?: readonly Refusal[];
  /** To go on: the input field `by` takes what stands at `last` in the last item of `list`; `isEnd`: there is no more. */
  readonly page?: { readonly by: string; readonly list: string; readonly last: string };
}
