import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { type Client, type ClientState, createClient, type You } from '../../client/index.ts';
import { RANKS } from '../../core/domain/permission.ts';
import type { ListedChannel } from '../../core/domain/wire.ts';
import { load, save } from '../chat/state/keep.ts';
import { toast } from '../chat/state/toast.ts';

/** What the console stands on: one connection, and the channel that is looked after. */
export interface ConsoleHub {
  readonly client: Client;
  readonly connection: ReadonlySignal<ClientState>;
  readonly you: ReadonlySignal<You | null>;
  /** Those that this person moderates, the own ones first; null until they are known. */
  readonly channels: ReadonlySignal<readonly ListedChannel[] | null>;
  readonly channel: ReadonlySignal<ListedChannel | null>;
  choose(channel: string): void;
  stop(): void;
}

const CHOSEN = 'slipmat.console.channel';

export function createConsoleHub(token: string): ConsoleHub {
  const client = createClient({ url: `${location.origin.replace(/^http/, 'ws')}/ws`, token });
  const connection = signal<ClientState>(client.state());
  const you = signal<You | null>(null);
  const listed = signal<readonly ListedChannel[] | null>(null);
  const chosen = signal(load(CHOSEN));
  const channels = computed(() => (listed.value === null ? null : listed.value.filter(isLookedAfter)));
  client.on('state', (state) => {
    connection.value = state;
  });
  client.on('welcome', (frame) => {
    you.value = frame.you;
  });
  client.on('channels', (list) => {
    listed.value = list;
  });
  client.on('problem', ({ say }) => toast(say));
  return {
    client,
    connection,
    you,
    channels,
    channel: computed(() => {
      const all = channels.value ?? [];
      return all.find(({ id }) => id === chosen.value) ?? all.toSorted(byRank)[0] ?? null;
    }),
    choose(channel) {
      chosen.value = channel;
      save(CHOSEN, channel);
    },
    stop: () => client.close(),
  };
}

function isLookedAfter({ kind, rank }: ListedChannel): boolean {
  const isRoom = kind === 'mega' || kind === 'dj' || kind === 'event';
  return isRoom && RANKS.indexOf(rank) >= RANKS.indexOf('moderator');
}

/** Where they stand highest; of those a DJ's own channel first. */
function byRank(a: ListedChannel, b: ListedChannel): number {
  return RANKS.indexOf(b.rank) - RANKS.indexOf(a.rank) || Number(b.kind === 'dj') - Number(a.kind === 'dj');
}

/** Whether this person may do there what takes this rank. */
export function isAtLeast({ rank }: Pick<ListedChannel, 'rank'>, least: ListedChannel['rank']): boolean {
  return RANKS.indexOf(rank) >= RANKS.indexOf(least);
}
