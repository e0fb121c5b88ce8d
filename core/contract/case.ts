import type { Capabilities, Operations } from '../plugin/operations.ts';
import { onRig, type Rig } from './rig.ts';
import type { ContractSubject, PlatformDouble, PlatformFailure } from './subject.ts';

/** One promise that every bridge keeps. */
export interface ContractCase {
  readonly name: string;
  /** Operations without which the case has nothing to try. */
  readonly needs?: readonly (keyof Operations)[];
  /** Members of the double without which it cannot be tried. */
  readonly wants?: readonly (keyof PlatformDouble)[];
  /** A failure that the double must know. */
  readonly fails?: PlatformFailure;
  /** What else keeps it from being tried, in words; null: nothing. */
  readonly unless?: (can: Capabilities) => string | null;
  /** Rejects when the promise is broken. */
  run<Config>(subject: ContractSubject<Config>): Promise<void>;
}

type Conditions = Omit<ContractCase, 'name' | 'run'>;

/** A case on one bridge and one double, each fresh. */
export function onBridge(name: string, conditions: Conditions, run: (rig: Rig) => Promise<void>): ContractCase {
  return { name, ...conditions, run: (subject) => onRig(subject, run) };
}
