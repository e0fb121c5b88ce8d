import type { Rank } from '../../../core/domain/permission.ts';
import { platformName } from '../../chat/platforms.ts';

export const RANK_NAMES: Readonly<Record<Rank, string>> = {
  guest: 'guest',
  listener: 'listener',
  moderator: 'moderator',
  dj: 'DJ',
  admin: 'admin',
};

/** A name, and where it is from. */
export function Who(props: { readonly name: string | null; readonly platform: string | null; readonly user?: string }) {
  return (
    <>
      <b dir="auto">{props.name ?? props.user ?? 'Somebody'}</b>
      {props.platform !== null && props.platform !== 'slipmat' && (
        <>
          {' '}
          <span class="tag">{platformName(props.platform)}</span>
        </>
      )}
    </>
  );
}

/** The same as one line of text. */
export function whoText(one: {
  readonly name: string | null;
  readonly platform: string | null;
  readonly user: string;
}) {
  const { name, platform, user } = one;
  const where = platform === null || platform === 'slipmat' ? '' : ` (${platformName(platform)})`;
  return `${name ?? user}${where}`;
}
