import { plainText, type Rich } from 'slipmat-hub/plugin';

/** Pure. A text as Acme shows it. Acme pings at every `@name`, so none is passed on as it is. */
export function encode(rich: Rich): string {
  return plainText(rich).replaceAll('@', '\uff20');
}
