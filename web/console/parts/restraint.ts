import type { ListedPerson } from '../../../core/domain/staff.ts';
import { clockTime } from '../time.ts';

/** `timed out until 21:04`, `banned` */
export function restraintText({ act, until }: NonNullable<ListedPerson['restraint']>): string {
  const what = act === 'ban' ? 'banned' : 'timed out';
  return until === null ? what : `${what} until ${clockTime(until)}`;
}
