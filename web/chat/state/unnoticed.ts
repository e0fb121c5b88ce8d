import { load, save } from './keep.ts';

/** Whether admins read public channels in this browser without anybody being told. */
const KEY = 'unnoticed';

export const isUnnoticed = (): boolean => load(KEY) === '1';

export function setUnnoticed(isOn: boolean): void {
  save(KEY, isOn ? '1' : null);
}
