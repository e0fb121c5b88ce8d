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
    // once picked it stays, whoever else gets a channel
    const here = list.filter(isLookedAfter);
    if (here.some(({ id }) => id === chosen.value)) return;
    chosen.value = here.toSorted(nearestTo(you.peek()?.user ?? null))[0]?.id ?? null;
  });
  client.on('problem', ({ say }) => toast(say));
  return {
    client,
    connection,
    you,
    channels,
    channel: computed(() => channels.value?.find(({ id }) => id === chosen.value) ?? null),
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

/** A DJ's own channel first, then where they stand highest: the megachannel of admins, a DJ's of moderators. */
function nearestTo(user: ListedChannel['owner']): (a: ListedChannel, b: ListedChannel) => number {
  const isOwn = ({ kind, owner }: ListedChannel): boolean => kind === 'dj' && owner !== null && owner === user;
  const isUsual = ({ kind, rank }: ListedChannel): boolean => kind === (rank === 'admin' ? 'mega' : 'dj');
  return (a, b) =>
    Number(isOwn(b)) - Number(isOwn(a)) ||
    RANKS.indexOf(b.rank) - RANKS.indexOf(a.rank) ||
    Number(isUsual(b)) - Number(isUsual(a));
}

/** Whether this person may do there what takes this rank. */
export function isAtLeast({ rank }: Pick<ListedChannel, 'rank'>, least: ListedChannel['rank']): boolean {
  return RANKS.indexOf(rank) >= RANKS.indexOf(least);
}
