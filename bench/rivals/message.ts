import { nowUs, stampOf } from '../lib/stamp.ts';

/** What every server says in these benchmarks: one chat message of 254 bytes of JSON. */
export const MESSAGE_BYTES = 254;
const FILL = ' The same for everybody.';

/** Without seq, as the log holds it. @param seq only for the length of the whole. @param bytes of the whole */
export function bodyOf(seq: number, bytes = MESSAGE_BYTES): string {
  const body = JSON.stringify({ type: 'message', channel: 'lobby', author: 'somebody', text: stampOf(nowUs()) });
  const missing = bytes - body.length - `"seq":${seq},`.length;
  return body.replace(/"}$/, `${FILL.repeat(1 + missing / FILL.length).slice(0, missing)}"}`);
}

/** As it goes over the wire. */
export function textOf(seq: number): string {
  return `{"seq":${seq},${bodyOf(seq).slice(1)}`;
}
