import { fullTime, shortTime } from '../time.ts';

/** A moment, in full for whoever points at it. */
export function When({ at }: { readonly at: number }) {
  return (
    <time class="when" dateTime={new Date(at).toISOString()} title={fullTime(at)}>
      {shortTime(at)}
    </time>
  );
}
