import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Client } from '../../../client/index.ts';
import type { ListedChannel } from '../../../core/domain/wire.ts';
import type { Writing, WritingRoom } from '../../../core/plugin/asked/self.ts';
import { platformName } from '../platforms.ts';

/** How a channel is kept may change without a word. */
const EACH_MS = 60_000;

export type CannotDo = WritingRoom['cannot'][number];

/** What to know before writing in the channel on screen; asked again when a notice may have changed it. */
export function watchWriting(
  client: Client,
  channel: ReadonlySignal<ListedChannel | null>,
): { readonly writing: ReadonlySignal<Writing | null>; stop(): void } {
  const writing = signal<Writing | null>(null);
  let asked: string | null = null;

  const ask = (): void => {
    const id = channel.value?.id;
    if (id === undefined || client.state().kind !== 'live') return;
    void client.ask('writing', { channel: id }).then((answer) => {
      if (answer.ok && channel.value?.id === id) writing.value = answer.value;
    });
  };
  const timer = setInterval(() => {
    if (!document.hidden) ask();
  }, EACH_MS);
  const stops = [
    effect(() => {
      const id = channel.value?.id ?? null;
      if (id === asked) return;
      asked = id;
      writing.value = null;
      ask();
    }),
    client.on('channel', (event) => {
      if ((event.type === 'joined' || event.type === 'notice') && event.channel === channel.value?.id) ask();
    }),
  ];
  return {
    writing,
    stop() {
      clearInterval(timer);
      for (const stop of stops) stop();
    },
  };
}

/** Platforms that a message goes to, each once, by name. */
export function platformsOf(rooms: readonly WritingRoom[]): readonly string[] {
  return [...new Set(rooms.map(({ platform }) => platformName(platform)))];
}

/** Platforms that cannot do this. */
export function withoutIt(writing: Writing | null, what: CannotDo): readonly string[] {
  return platformsOf((writing?.rooms ?? []).filter(({ cannot }) => cannot.includes(what)));
}

/** The room that takes least at once, and how much of it this text fills. */
export function tightestRoom(
  rooms: readonly WritingRoom[],
  text: string,
): { readonly name: string; readonly used: number; readonly limit: number } | null {
  const filled = rooms.flatMap(({ platform, text: takes }) =>
    takes === null ? [] : [{ name: platformName(platform), used: lengthIn(text, takes.unit), limit: takes.limit }],
  );
  return filled.toSorted((a, b) => b.used / b.limit - a.used / a.limit)[0] ?? null;
}

function lengthIn(text: string, unit: 'utf16' | 'code-point' | 'byte'): number {
  switch (unit) {
    case 'utf16':
      return text.length;
    case 'code-point':
      return [...text].length;
    case 'byte':
      return new TextEncoder().encode(text).length;
  }
}
