import type { HubFrame } from '../bridges/slipmat/protocol.ts';
import { type ChannelId, parseChannelId, parseMessageId } from '../core/domain/ids.ts';
import type { ListedChannel } from '../core/domain/wire.ts';
import type { Deeds, Questions } from '../core/plugin/asked/table.ts';
import type { Client, ClientOptions, ClientState, FrameOf, You } from './api.ts';
import type { ChannelEvent } from './channel-view.ts';
import { createEmitter } from './emitter.ts';
import { createJoins } from './joins.ts';
import { createLink } from './link.ts';
import { createOutbox, type Letter } from './outbox.ts';
import { platformClock, platformRandom, platformSocket } from './platform.ts';
import { createAsking } from './questions.ts';

type PostEvent = Extract<ChannelEvent, { readonly type: 'pending' | 'outcome' | 'failed' | 'dropped' }>;

const KEY_CHARACTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const PAGE = 50;

/** Connects at once and stays connected until `close`. */
export function createClient(options: ClientOptions): Client {
  const clock = options.clock ?? platformClock;
  const random = options.random ?? platformRandom;
  const storage = options.storage ?? null;
  const emitter = createEmitter();
  let token = options.token;
  let guestToken: string | null = null;
  let you: You | null = null;
  let channels: readonly ListedChannel[] = [];
  let idCount = 0;

  const newId = (): string => `c${++idCount}`;
  const newKey = (): string => {
    return Array.from({ length: 22 }, () => KEY_CHARACTERS[Math.floor(random() * KEY_CHARACTERS.length)]).join('');
  };

  const link = createLink({
    url: options.url,
    openSocket: options.openSocket ?? platformSocket,
    clock,
    random,
    token: () => token ?? guestToken,
    onState: (state: ClientState) => emitter.emit('state', state),
    onWelcome,
    onFrame,
    onDown() {
      outbox.pause();
      asking.failAll();
    },
    onRefused() {
      const wasGuest = token === null && guestToken !== null;
      if (wasGuest) keepGuest(null);
      return wasGuest;
    },
  });
  const joins = createJoins({ clock, newId, send: link.send, isUnnoticed: options.isUnnoticed ?? (() => false) });
  const asking = createAsking({ clock, send: link.send });
  const outbox = createOutbox({
    clock,
    newId,
    send: link.send,
    storage,
    events: {
      onPending(letter, at) {
        if (letter.type !== 'post') return;
        const { key, text, replyTo } = letter;
        tellPost(letter, (channel) => {
          return { type: 'pending', channel, key, text, replyTo: replyTo == null ? null : parseMessageId(replyTo), at };
        });
      },
      onOutcome(letter, { outcome, message, because }) {
        const why = because === undefined ? {} : { because };
        tellPost(letter, (channel) => ({ type: 'outcome', channel, key: letter.key, outcome, message, ...why }));
      },
      onFailed(letter, { code, say }) {
        tellPost(letter, (channel) => ({ type: 'failed', channel, key: letter.key, code, say }));
      },
      onDropped(letter) {
        tellPost(letter, (channel) => ({ type: 'dropped', channel, key: letter.key }));
      },
    },
  });

  /** Tells the view of the post's channel; of anything but a post nothing is shown before it comes back. */
  function tellPost(letter: Letter, event: (channel: ChannelId) => PostEvent): void {
    const channel = letter.type === 'post' ? parseChannelId(letter.channel) : null;
    if (channel !== null) emitter.emit('channel', event(channel));
  }

  function keepGuest(next: string | null): void {
    guestToken = next;
    if (storage !== null) void storage.save('guest', next);
  }

  function onWelcome(welcome: FrameOf<'welcome'>): void {
    you = welcome.you;
    if (welcome.you.isGuest && welcome.token !== null && welcome.token !== guestToken) keepGuest(welcome.token);
    emitter.emit('welcome', welcome);
    joins.resumeAll();
    outbox.resume(welcome.you.user);
    void client.askChannels();
  }

  function onFrame(frame: HubFrame): void {
    switch (frame.type) {
      case 'message':
      case 'edit':
      case 'redaction':
      case 'shown':
      case 'reaction':
      case 'mark':
      case 'notice':
        if (joins.isNews(frame)) emitter.emit('channel', frame);
        return;
      case 'self':
        if (frame.what.kind === 'shown') joins.show(frame.what.channel);
        emitter.emit('self', frame.what);
        return;
      case 'joined':
        if (joins.onJoined(frame)) emitter.emit('channel', frame);
        return;
      case 'gap':
        joins.onGap(frame);
        return;
      case 'epoch':
        joins.forgetPlaces();
        joins.resumeAll();
        return;
      case 'removed':
        if (joins.leave(frame.channel)) emitter.emit('removed', frame);
        return;
      case 'typing':
        if (frame.user !== you?.user) emitter.emit('typing', frame);
        return;
      case 'channels':
        asking.onAnswer(frame);
        channels = frame.channels;
        emitter.emit('channels', channels);
        return;
      case 'ack':
        outbox.onAnswer(frame);
        return;
      case 'error':
        onError(frame);
        return;
      case 'history':
        asking.onAnswer(frame);
        emitter.emit('channel', frame);
        return;
      default:
        asking.onAnswer(frame);
    }
  }

  function onError(frame: FrameOf<'error'>): void {
    if (outbox.onAnswer(frame) || asking.onAnswer(frame)) return;
    const join = joins.onError(frame);
    const channel = join?.removed == null ? null : parseChannelId(join.removed);
    if (channel !== null) emitter.emit('removed', { type: 'removed', channel, say: frame.say });
    if (frame.id !== null) return;
    const { code, say, field, retryAfterMs } = frame;
    if (code === 'rate-limited') outbox.holdFor(retryAfterMs ?? 1_000);
    emitter.emit('problem', { ok: false, code, say, field, retryAfterMs });
  }

  const client = {
    state: link.state,
    you: () => you,
    channels: () => channels,
    on: emitter.on,
    join: (channel, limit = PAGE) => joins.join(channel, limit),
    leave(channel) {
      if (joins.leave(channel)) link.send({ type: 'leave', id: newId(), channel });
    },
    post({ channel, text, replyTo = null, attachments }) {
      const key = newKey();
      const files = attachments === undefined ? {} : { attachments: [...attachments] };
      return { key, done: outbox.put({ type: 'post', channel, key, text, replyTo, ...files }, clock.now()) };
    },
    retry: (key) => outbox.retry(key),
    discard: (key) => outbox.discard(key),
    edit: (channel, message, text) => outbox.put({ type: 'edit', channel, key: newKey(), message, text }, clock.now()),
    redact: (channel, message, reason = null) =>
      outbox.put({ type: 'redact', channel, key: newKey(), message, reason }, clock.now()),
    react: (channel, message, emoji, on) =>
      outbox.put({ type: 'react', channel, key: newKey(), message, emoji, on }, clock.now()),
    history: (channel, before, limit = PAGE) =>
      asking.ask({ type: 'history', id: newId(), channel, before, limit }, (frame) =>
        frame.type === 'history' ? frame : null,
      ),
    message: (channel, message) =>
      asking.ask({ type: 'message', id: newId(), channel, message }, (frame) =>
        frame.type === 'found' ? frame.message : null,
      ),
    search: ({ text, channel = null, before = null, limit = 20 }) =>
      asking.ask({ type: 'search', id: newId(), text, channel, before, limit }, (frame) =>
        frame.type === 'results' ? frame.messages : null,
      ),
    people: (channel) =>
      asking.ask({ type: 'people', id: newId(), channel }, (frame) =>
        frame.type === 'people' ? { people: frame.people, guests: frame.guests } : null,
      ),
    commands: () =>
      asking.ask({ type: 'commands', id: newId() }, (frame) => (frame.type === 'commands' ? frame.commands : null)),
    command: (channel, text, replyTo = null) =>
      asking.ask({ type: 'command', id: newId(), channel, text, replyTo }, (frame) =>
        frame.type === 'answer' ? frame.say : null,
      ),
    ask: <K extends keyof Questions>(kind: K, of: object) =>
      asking.ask({ type: 'ask', id: newId(), kind, of: { ...of } }, (frame) =>
        frame.type === 'answered' ? (frame.value as Questions[K][1]) : null,
      ),
    do: <K extends keyof Deeds>(kind: K, of: object) =>
      asking.ask({ type: 'do', id: newId(), kind, of: { ...of } }, (frame) =>
        frame.type === 'answered' ? (frame.value as Deeds[K][1]) : null,
      ),
    askChannels: () =>
      asking.ask({ type: 'channels', id: newId() }, (frame) => (frame.type === 'channels' ? frame.channels : null)),
    typing: (channel, on) => void link.send({ type: 'typing', id: newId(), channel, on }),
    retryNow: link.retryNow,
    signIn(next) {
      token = next;
      you = null;
      channels = [];
      outbox.clear();
      joins.forgetPlaces();
      link.connect();
    },
    close: link.close,
  } satisfies Client & { askChannels(): unknown };

  if (storage === null || token !== null) link.connect();
  else
    void storage.load('guest').then((kept) => {
      guestToken = kept;
      link.connect();
    });
  return client;
}
