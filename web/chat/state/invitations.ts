import { type ReadonlySignal, signal } from '@preact/signals';
import type { Client } from '../../../client/index.ts';
import type { ListedInvitation } from '../../../core/plugin/asked/directs.ts';
import { t } from '../words.ts';
import { overlay } from './overlay.ts';
import { toast } from './toast.ts';

/** Who waits for an answer whether they may write to the person, or have them in a channel. */
export interface Invitations {
  /** Null: not known yet. */
  readonly all: ReadonlySignal<readonly ListedInvitation[] | null>;
  ask(): void;
  stop(): void;
}

/** Asked for whenever the connection is there, and again at every news of one; a new one is told of. */
export function watchInvitations(client: Client): Invitations {
  const all = signal<readonly ListedInvitation[] | null>(null);
  let asked = 0;
  const ask = (): void => {
    if (client.you()?.isGuest !== false) return;
    asked += 1;
    const own = asked;
    void client.ask('invitations', {}).then((answer) => {
      if (answer.ok && own === asked) all.value = answer.value.invitations;
    });
  };
  const stops = [
    client.on('welcome', ask),
    client.on('self', (news) => {
      if (news.kind !== 'invitation') return;
      ask();
      if (news.invitation === null) return;
      const { kind, name, by } = news.invitation;
      const what = kind === 'direct' ? t('wants to write to you.') : t('invites you to {name}.', { name });
      toast(`${by.name} ${what}`, {
        label: t('Answer'),
        run: () => {
          overlay.value = { kind: 'invitations' };
        },
      });
    }),
  ];
  return {
    all,
    ask,
    stop() {
      for (const stop of stops) stop();
    },
  };
}
