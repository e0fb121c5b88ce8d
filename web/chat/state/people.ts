import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Client } from '../../../client/index.ts';
import type { ListedChannel, Person } from '../../../core/domain/wire.ts';

const EACH_MS = 10_000;

export interface Present {
  readonly people: readonly Person[];
  readonly guests: number;
}

/** Who is connected to the channel on screen, asked again every now and then while the page is shown. */
export interface People {
  readonly present: ReadonlySignal<Present | null>;
  /** Whether the panel is open. */
  readonly isOpen: Signal<boolean>;
  ask(): void;
  stop(): void;
}

export function watchPeople(
  client: Client,
  channel: ReadonlySignal<ListedChannel | null>,
  learn: (people: readonly Person[]) => void,
): People {
  const present = signal<Present | null>(null);
  let asked: string | null = null;

  const ask = (): void => {
    const id = channel.value?.id;
    if (id === undefined || document.hidden || client.state().kind !== 'live') return;
    void client.people(id).then((answer) => {
      if (!answer.ok || channel.value?.id !== id) return;
      present.value = answer.value;
      learn(answer.value.people);
    });
  };
  const stopEffect = effect(() => {
    const id = channel.value?.id ?? null;
    if (id === asked) return;
    asked = id;
    present.value = null;
  });
  // A join is told to others by the hub a moment later than to oneself, so the answer to it is the time to ask.
  const stopEvents = client.on('channel', (event) => {
    if (event.type === 'joined' && event.channel === channel.value?.id) ask();
  });
  const timer = setInterval(ask, EACH_MS);
  document.addEventListener('visibilitychange', ask);
  return {
    present,
    isOpen: signal(window.matchMedia('(min-width: 1080px)').matches),
    ask,
    stop() {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', ask);
      stopEffect();
      stopEvents();
    },
  };
}
