import { type ReadonlySignal, signal } from '@preact/signals';
import type { Client } from '../../../client/index.ts';

const EACH_MS = 60_000;

/** Channels in which a live event runs now, with its title. */
export function watchLive(client: Client): {
  readonly live: ReadonlySignal<ReadonlyMap<string, string>>;
  stop(): void;
} {
  const live = signal<ReadonlyMap<string, string>>(new Map());
  const ask = (): void => {
    if (document.hidden || client.state().kind !== 'live') return;
    void client.ask('events', { channel: null }).then((answer) => {
      if (!answer.ok) return;
      const running = answer.value.events.filter(({ state }) => state === 'live');
      live.value = new Map(running.map(({ channel, title }) => [channel, title]));
    });
  };
  const timer = setInterval(ask, EACH_MS);
  const stops = [client.on('channels', ask)];
  return {
    live,
    stop() {
      clearInterval(timer);
      for (const stop of stops) stop();
    },
  };
}
