import { type Signal, signal } from '@preact/signals';
import type { Attachment } from '../../../core/domain/content.ts';
import { t } from '../words.ts';

/** A file that goes with the next message. */
export interface Upload {
  readonly id: number;
  readonly name: string;
  readonly state:
    | { readonly kind: 'sending'; readonly share: number }
    | { readonly kind: 'ready'; readonly attachment: Attachment }
    | { readonly kind: 'failed'; readonly say: string };
  readonly alt: string;
  readonly isSpoiler: boolean;
}

export interface Uploads {
  readonly list: Signal<readonly Upload[]>;
  add(files: readonly File[]): void;
  change(id: number, change: Partial<Pick<Upload, 'alt' | 'isSpoiler'>>): void;
  remove(id: number): void;
  /** What is ready, for a post; forgets all of it. */
  take(): readonly { readonly url: string; readonly alt: string | null; readonly isSpoiler: boolean }[];
}

const MOST = 10;

/** @param limit bytes that the hub takes at most; null: it has not said */
export function createUploads(token: string | null, limit: () => number | null): Uploads {
  const list = signal<readonly Upload[]>([]);
  const underWay = new Map<number, XMLHttpRequest>();
  let lastId = 0;

  function set(id: number, change: Partial<Upload>): void {
    list.value = list.value.map((one) => (one.id === id ? { ...one, ...change } : one));
  }

  function send(id: number, file: File): void {
    const request = new XMLHttpRequest();
    underWay.set(id, request);
    const fail = (say: string): void => set(id, { state: { kind: 'failed', say } });
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      if (total > 0) set(id, { state: { kind: 'sending', share: loaded / total } });
    });
    request.addEventListener('error', () => fail(t('It did not arrive. Try again.')));
    request.addEventListener('load', () => {
      const answer = parsed(request.responseText);
      if (request.status === 201 && answer?.attachment !== undefined) {
        set(id, { state: { kind: 'ready', attachment: answer.attachment } });
      } else fail(answer?.say ?? t('The hub did not take it.'));
    });
    request.addEventListener('loadend', () => underWay.delete(id));
    request.open('POST', `/api/media?name=${encodeURIComponent(file.name)}`);
    if (token !== null) request.setRequestHeader('authorization', `Bearer ${token}`);
    request.send(file);
  }

  return {
    list,
    add(files) {
      for (const file of files) {
        if (list.value.length >= MOST) return;
        lastId += 1;
        const id = lastId;
        const most = limit();
        const isTooLarge = most !== null && file.size > most;
        const state: Upload['state'] = isTooLarge
          ? { kind: 'failed', say: t('Too large: at most {n} MB.', { n: Math.floor(most / 1_000_000) }) }
          : { kind: 'sending', share: 0 };
        list.value = [...list.value, { id, name: file.name, state, alt: '', isSpoiler: false }];
        if (!isTooLarge) send(id, file);
      }
    },
    change: (id, change) => set(id, change),
    remove(id) {
      underWay.get(id)?.abort();
      list.value = list.value.filter((one) => one.id !== id);
    },
    take() {
      const ready = list.value.flatMap(({ state, alt, isSpoiler }) =>
        state.kind === 'ready' ? [{ url: state.attachment.url, alt: alt.trim() || null, isSpoiler }] : [],
      );
      list.value = [];
      return ready;
    },
  };
}

function parsed(text: string): { readonly attachment?: Attachment; readonly say?: string } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}
