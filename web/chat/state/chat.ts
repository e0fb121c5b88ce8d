import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import {
  type Client,
  type ClientState,
  createClient,
  followQuiet,
  followReading,
  type Unread,
  type You,
} from '../../../client/index.ts';
import { isPublic } from '../../../core/domain/channel.ts';
import type { SelfNews } from '../../../core/domain/self-news.ts';
import type { ListedChannel, Person, WireChatMessage } from '../../../core/domain/wire.ts';
import type { Relations, Writing } from '../../../core/plugin/asked/self.ts';
import { t } from '../words.ts';
import { announce } from './announce.ts';
import { callsFor, listenFor } from './calls.ts';
import { type Arrived, type ChannelModel, createChannelModel } from './channel-model.ts';
import { type Commands, createCommands } from './commands.ts';
import { type Invitations, watchInvitations } from './invitations.ts';
import { clientStorage } from './keep.ts';
import { type Levels, watchLevels } from './levels.ts';
import { watchLive } from './live.ts';
import { isTold, tell } from './notify.ts';
import { type People, watchPeople } from './people.ts';
import { toast } from './toast.ts';
import { createTyping, type Typing } from './typing.ts';
import { isUnnoticed } from './unnoticed.ts';
import { createUploads, type Uploads } from './uploads.ts';
import { watchWriting } from './writing.ts';

/** Channels followed at once, the hub's bound less some room. */
const MAX_FOLLOWED = 40;
const FIRST_PAGE = 60;
const MY_CHANNELS = 'slipmat.channels';

/** Everything the page shows once somebody has come in, as guest or by name. */
export interface Chat {
  readonly client: Client;
  readonly connection: ReadonlySignal<ClientState>;
  readonly you: ReadonlySignal<You | null>;
  readonly channels: ReadonlySignal<readonly ListedChannel[]>;
  /** Channels in the side list: all closed ones, the megachannel, and those one has opened. */
  readonly mine: ReadonlySignal<readonly ListedChannel[]>;
  readonly current: ReadonlySignal<ChannelModel | null>;
  readonly channel: ReadonlySignal<ListedChannel | null>;
  readonly people: People;
  readonly typing: Typing;
  readonly commands: Commands;
  /** Of the channel on screen; null: not known. */
  readonly writing: ReadonlySignal<Writing | null>;
  /** Channels in which a live event runs, with its title. */
  readonly live: ReadonlySignal<ReadonlyMap<string, string>>;
  readonly levels: Levels;
  readonly invitations: Invitations;
  /** Whom one has muted and blocked; news of it come with `hidden`. */
  relations(): Relations;
  /** Files that go with the next message of this channel. */
  uploads(channel: string): Uploads;
  readonly unread: ReadonlySignal<number>;
  /** Whose messages are hidden for this person. */
  readonly hidden: ReadonlySignal<ReadonlySet<string>>;
  /** Null: the megachannel. */
  open(channel: string | null): void;
  leave(channel: string): void;
  modelOf(channel: string): ChannelModel | null;
  /** The name last seen of a user; for who reacted. */
  nameOf(user: string): string | null;
  learn(people: readonly Pick<Person, 'user' | 'name'>[]): void;
  /** The reader looks at the newest message now. */
  markRead(): void;
  /** In every channel. */
  markAllRead(): void;
  /** A post of one's own under this key waits for somebody's decision. */
  holds(message: string, key: string): void;
  stop(): void;
}

/** @param maxBytes of one file, as the hub has said; null: it has not */
export function createChat(token: string | null, owner: string, maxBytes: () => number | null): Chat {
  const client = createClient({ url: socketUrl(), token, storage: clientStorage(owner), isUnnoticed });
  const connection = signal<ClientState>(client.state());
  const you = signal<You | null>(null);
  const channels = signal<readonly ListedChannel[]>([]);
  const models = signal<ReadonlyMap<string, ChannelModel>>(new Map());
  const opened = signal<ReadonlySet<string>>(new Set(storedChannels()));
  /** What the address asks for; it may come before the list of channels does. */
  const wanted = signal<string | null>(null);
  let told: string | null = null;
  const names = new Map<string, string>();
  const followed = new Set<string>();

  const channel = computed(() => {
    const listed = channels.value;
    return listed.find((one) => one.id === wanted.value) ?? listed.find((one) => one.kind === 'mega') ?? null;
  });
  const current = computed(() => (channel.value === null ? null : (models.value.get(channel.value.id) ?? null)));
  const mine = computed(() => channels.value.filter((one) => isMine(one, opened.value)));
  const people = watchPeople(client, channel, (list) => learn(list));
  const typing = createTyping(client, you);
  const quiet = followQuiet(client);
  const hidden = signal<ReadonlySet<string>>(new Set());
  const reading = followReading(client);
  const readingAnswers = signal(0);
  const uploads = new Map<string, Uploads>();
  /** Messages of one's own that wait for somebody's decision, and the key of each. */
  const held = new Map<string, string>();
  const writing = watchWriting(client, channel);
  const live = watchLive(client);
  const levels = watchLevels(client);
  const invitations = watchInvitations(client);

  function learn(list: readonly Pick<Person, 'user' | 'name'>[]): void {
    for (const { user, name } of list) names.set(user, name);
  }

  /** What the hub has counted, for channels that nobody looks at here. */
  function counted(counts: readonly Unread[]): void {
    readingAnswers.value += 1;
    for (const unread of counts) {
      const model = models.value.get(unread.channel);
      if (model === undefined) continue;
      if (unread.firstUnread !== null) model.newFrom.value ??= unread.firstUnread;
      const isSeen = model === current.value && model.isPinned && isLookedAt();
      model.unread.value = isSeen ? 0 : unread.unread;
      model.calls.value = isSeen ? 0 : unread.mentions;
    }
  }

  /** What is on screen is read, once it is known what was new. */
  function markSeen(model: ChannelModel): void {
    const { lastSeq } = model.view.value;
    if (lastSeq !== null && reading.isKnown() && model.isPinned && isLookedAt()) reading.mark(model.id, lastSeq);
  }

  function arrived(model: ChannelModel, messages: readonly Arrived[]): void {
    const others = messages.filter(
      ({ message }) => message.author.user !== you.value?.user && !quiet.hides(message.author.user),
    );
    if (others.length === 0) return;
    const isCall = (message: WireChatMessage): boolean =>
      callsFor(message, you.value?.user ?? '', model.view.value.rows);
    if (model === current.value) {
      announce(
        others.map(({ message }) => message),
        isCall,
      );
    }
    tellOutside(model, others, isCall);
    if (model === current.value && model.isPinned && isLookedAt()) return;
    model.unread.value += others.length;
    model.calls.value += others.filter(({ message }) => isCall(message)).length;
    model.newFrom.value ??= others[0]?.seq ?? null;
  }

  /** By the system, while nobody looks at the page. */
  function tellOutside(
    model: ChannelModel,
    messages: readonly Arrived[],
    isCall: (message: WireChatMessage) => boolean,
  ): void {
    const listed = channels.value.find(({ id }) => id === model.id);
    if (listed === undefined || isLookedAt()) return;
    const told = messages.findLast(({ message }) =>
      isTold(listed.kind === 'direct' || isCall(message), levels.of(model.id)),
    );
    if (told !== undefined) tell(listed, told.message);
  }

  /** A held message of one's own was decided on. */
  function onHeld(news: Extract<SelfNews, { readonly kind: 'told' }>): void {
    toast(news.say);
    const key = held.get(news.message);
    if (key !== undefined && news.became === 'discarded') {
      modelFor(news.channel).take({ type: 'dropped', channel: news.channel, key });
    }
    held.delete(news.message);
  }

  /** Follows what belongs in the side list and the channel on screen; forgets what may no longer be read. */
  function follow(): void {
    const shown = channel.value;
    const listed = [...(shown === null ? [] : [shown]), ...mine.value].slice(0, MAX_FOLLOWED);
    for (const { id } of listed) {
      if (followed.has(id)) continue;
      followed.add(id);
      modelFor(id);
      void client.join(id, FIRST_PAGE).then((answer) => {
        if (!answer.ok && answer.code !== 'no-answer') toast(answer.say);
      });
    }
    for (const id of models.value.keys()) if (!channels.value.some((one) => one.id === id)) forget(id);
  }

  /** Tells, once, of an address that leads nowhere; what is shown instead is the megachannel. */
  function tellMissing(): void {
    const id = wanted.value;
    if (id === null || id === told || channels.value.length === 0 || channels.value.some((one) => one.id === id))
      return;
    told = id;
    toast(t('There is no channel “{id}” here, or it is not open to you.', { id }));
  }

  /** What one has opened stays in the side list. */
  function noteOpened(): void {
    const target = channel.value;
    if (target === null || !isPublic(target.kind) || target.kind === 'mega' || opened.value.has(target.id)) return;
    opened.value = new Set([...opened.value, target.id]);
    storeChannels(opened.value);
  }

  /** The model of a channel, made when it is first heard of: posts kept over a reload come before the first join. */
  function modelFor(id: string): ChannelModel {
    const known = models.value.get(id);
    if (known !== undefined) return known;
    const model = createChannelModel({ id, owner, arrived });
    models.value = new Map([...models.value, [id, model]]);
    return model;
  }

  function forget(id: string): void {
    followed.delete(id);
    models.value = new Map([...models.value].filter(([known]) => known !== id));
  }

  // what was read counts also for who goes at once
  const goes = (): void => {
    if (document.hidden) reading.flush();
  };
  document.addEventListener('visibilitychange', goes);
  window.addEventListener('pagehide', reading.flush);

  const stops = [
    quiet.on(() => {
      hidden.value = new Set(quiet.relations().hidden);
    }),
    reading.on(counted),
    effect(() => {
      if (readingAnswers.value > 0 && current.value !== null) markSeen(current.value);
    }),
    client.on('state', (state) => {
      connection.value = state;
    }),
    client.on('welcome', (frame) => {
      you.value = frame.you;
      listenFor(frame.you.isGuest ? null : frame.you.name);
      learn([frame.you]);
    }),
    client.on('channels', (list) => {
      channels.value = list;
      tellMissing();
      noteOpened();
      follow();
    }),
    client.on('channel', (event) => {
      if (event.type === 'message') learn([event.message.author]);
      if (event.type === 'reaction') learn([event]);
      if (event.type === 'joined' || event.type === 'history')
        learn(event.messages.map(({ message }) => message.author));
      const model = modelFor(event.channel);
      // what is gone is not news any more
      if (event.type === 'redaction' && model.unread.value > 0) reading.recount(event.channel);
      model.take(event);
    }),
    client.on('removed', (frame) => {
      toast(frame.say);
      channels.value = channels.value.filter((one) => one.id !== frame.channel);
      follow();
    }),
    client.on('problem', (problem) => toast(problem.say)),
    client.on('self', (news) => {
      if (news.kind === 'told') onHeld(news);
    }),
  ];

  return {
    client,
    connection,
    you,
    channels,
    mine,
    current,
    channel,
    people,
    typing,
    commands: createCommands(client),
    writing: writing.writing,
    live: live.live,
    levels,
    invitations,
    relations: () => quiet.relations(),
    uploads(id) {
      const known = uploads.get(id) ?? createUploads(token, maxBytes);
      uploads.set(id, known);
      return known;
    },
    hidden,
    unread: computed(() => [...models.value.values()].reduce((sum, model) => sum + model.unread.value, 0)),
    open(id) {
      const before = current.value;
      wanted.value = id;
      if (before !== null && before.id !== channel.value?.id) before.newFrom.value = null;
      tellMissing();
      noteOpened();
      follow();
      if (isLookedAt() && current.value !== null) forgetUnread(current.value);
    },
    leave(id) {
      opened.value = new Set([...opened.value].filter((one) => one !== id));
      storeChannels(opened.value);
      if (followed.has(id)) client.leave(id);
      forget(id);
      if (wanted.value === id) wanted.value = null;
      follow();
    },
    modelOf: (id) => models.value.get(id) ?? null,
    nameOf: (user) => names.get(user) ?? null,
    learn,
    markRead() {
      const model = current.value;
      if (model === null) return;
      forgetUnread(model);
      markSeen(model);
    },
    markAllRead() {
      for (const model of models.value.values()) {
        forgetUnread(model);
        model.newFrom.value = null;
        const { lastSeq } = model.view.value;
        if (lastSeq !== null && reading.isKnown()) reading.mark(model.id, lastSeq);
      }
    },
    holds(message, key) {
      held.set(message, key);
    },
    stop() {
      for (const stop of stops) stop();
      document.removeEventListener('visibilitychange', goes);
      window.removeEventListener('pagehide', reading.flush);
      quiet.stop();
      reading.stop();
      people.stop();
      typing.stop();
      writing.stop();
      live.stop();
      levels.stop();
      invitations.stop();
      client.close();
    },
  };
}

function forgetUnread(model: ChannelModel): void {
  if (model.unread.value > 0) model.unread.value = 0;
  if (model.calls.value > 0) model.calls.value = 0;
}

/** A message as others see it cannot be acted on while it is gone. */
export function isGone(message: WireChatMessage): boolean {
  return message.redaction !== null;
}

export function isLookedAt(): boolean {
  return !document.hidden && document.hasFocus();
}

function isMine(channel: ListedChannel, opened: ReadonlySet<string>): boolean {
  return channel.kind === 'mega' || !isPublic(channel.kind) || opened.has(channel.id);
}

function socketUrl(): string {
  const url = new URL('/ws', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  return url.href;
}

function storedChannels(): readonly string[] {
  return (localStorage.getItem(MY_CHANNELS) ?? '').split(' ').filter((id) => id !== '');
}

function storeChannels(ids: ReadonlySet<string>): void {
  localStorage.setItem(MY_CHANNELS, [...ids].slice(-MAX_FOLLOWED).join(' '));
}
