import type { LibraryItem } from '../../core/domain/library.ts';
import type { Questions } from '../../core/plugin/asked/table.ts';
import type { Participant } from '../fakes/people.ts';

export const WITHIN = { interval: 20 };

/** The library as somebody finds it through the socket, or the code with which it was refused. */
export async function libraryOf(who: Participant, of: object): Promise<readonly LibraryItem[] | string> {
  const answer = await who.client.ask('library', of);
  return answer.ok ? answer.value.items : answer.code;
}

/** `kind url count`, what was posted last first. */
export async function linesOf(who: Participant, of: object): Promise<readonly string[] | string> {
  const items = await libraryOf(who, of);
  if (typeof items === 'string') return items;
  return items.map(({ kind, url, count, attachment }) => `${kind} ${attachment?.name ?? url} ${count}`);
}

export async function exported(
  who: Participant,
  of: object,
): Promise<Questions['library-export'][1] | { readonly code: string }> {
  const answer = await who.client.ask('library-export', of);
  return answer.ok ? answer.value : { code: answer.code };
}

/** Uploads as the browser does. @returns the URL at the hub */
export async function upload(hubUrl: string, token: string, name: string, bytes: Uint8Array): Promise<string> {
  const answer = await fetch(`${hubUrl}/api/media?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: Buffer.from(bytes),
  });
  if (!answer.ok) throw new Error(`not taken: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { readonly attachment: { readonly url: string } }).attachment.url;
}
