import { type ReadonlySignal, signal } from '@preact/signals';
import type { Client, You } from '../../../client/index.ts';

const SHOWN_MS = 6_000;

/** Who is writing, by channel; forgotten by itself when nothing more is heard. */
export interface Typing {
  readonly names: ReadonlySignal<ReadonlyMap<string, readonly string[]>>;
  stop(): void;
}

export function createTyping(client: Client, you: ReadonlySignal<You | null>): Typing {
  const names = signal<ReadonlyMap<string, readonly string[]>>(new Map());
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  const set = (channel: string, name: string, isOn: boolean): void => {
    const others = (names.value.get(channel) ?? []).filter((one) => one !== name);
    names.value = new Map([...names.value, [channel, isOn ? [...others, name] : others]]);
  };
  const forget = (key: string): void => {
    const timer = timers.get(key);
    if (timer !== undefined) clearTimeout(timer);
    timers.delete(key);
  };
  const hear = (channel: string, user: string, name: string, isOn: boolean): void => {
    const key = `${channel} ${user}`;
    forget(key);
    if (user === you.value?.user) return;
    set(channel, name, isOn);
    if (!isOn) return;
    const over = (): void => {
      timers.delete(key);
      set(channel, name, false);
    };
    timers.set(key, setTimeout(over, SHOWN_MS));
  };
  const stops = [
    client.on('typing', ({ channel, user, name, on }) => hear(channel, user, name, on)),
    client.on('channel', (event) => {
      if (event.type !== 'message') return;
      const { user, name } = event.message.author;
      if (timers.has(`${event.channel} ${user}`)) hear(event.channel, user, name, false);
    }),
  ];
  return {
    names,
    stop() {
      for (const stop of stops) stop();
      for (const key of [...timers.keys()]) forget(key);
    },
  };
}
