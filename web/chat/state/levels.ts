import { signal } from '@preact/signals';
import type { Client } from '../../../client/index.ts';
import type { NotifyLevel } from '../../../core/domain/notify-level.ts';
import { toast } from './toast.ts';

/** Of what in single channels the person wants to be told, on all their devices. */
export interface Levels {
  /** Null: as this device says. */
  of(channel: string): NotifyLevel | null;
  choose(channel: string, level: NotifyLevel | null): void;
  stop(): void;
}

export function watchLevels(client: Client): Levels {
  const levels = signal<ReadonlyMap<string, NotifyLevel>>(new Map());
  const ask = (): void => {
    if (client.you()?.isGuest !== false) return;
    void client.ask('notify-levels', {}).then((answer) => {
      if (answer.ok) levels.value = new Map(answer.value.channels.map(({ channel, level }) => [channel, level]));
    });
  };
  const stops = [
    client.on('welcome', ask),
    client.on('self', (news) => {
      if (news.kind === 'notify-levels') ask();
    }),
  ];
  return {
    of: (channel) => levels.value.get(channel) ?? null,
    choose(channel, level) {
      void client.do('set-notify', { channel, level }).then((answer) => {
        if (!answer.ok) toast(answer.say);
      });
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}
