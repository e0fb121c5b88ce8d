import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { markupText } from '../../../bridges/slipmat/markup-text.ts';
import { type ChannelEvent, type ChannelView, EMPTY_VIEW, foldEvents } from '../../../client/index.ts';
import type { WireChatMessage } from '../../../core/domain/wire.ts';
import { browserClock, createFlush } from './flush.ts';
import { load, save } from './keep.ts';

/** Rows kept in memory while the reader is at the bottom; older ones can be loaded again. */
const KEEP_ROWS = 400;
const TRIM_ABOVE = 1_000;

/** What the composer is about, besides writing something new. */
export type Aim =
  | { readonly kind: 'new' }
  | { readonly kind: 'reply'; readonly to: WireChatMessage }
  | { readonly kind: 'edit'; readonly message: WireChatMessage };
export const NEW: Aim = { kind: 'new' };

/** An edit that the hub turned down; its text is kept until the author has decided. */
export interface FailedEdit {
  readonly text: string;
  readonly say: string;
}

/** One followed channel as the page shows it. */
export interface ChannelModel {
  readonly id: string;
  readonly view: ReadonlySignal<ChannelView>;
  /** Messages of others that came while nobody looked. */
  readonly unread: Signal<number>;
  /** Those among them that are for this person. */
  readonly calls: Signal<number>;
  /** Seq of the first of them: where the line "New" is drawn. */
  readonly newFrom: Signal<number | null>;
  readonly draft: Signal<string>;
  /** Nothing more is taken from this person before then, by the page's clock. */
  readonly waitUntil: Signal<number>;
  /** Messages of muted people that the reader wanted to see. */
  readonly revealed: Signal<ReadonlySet<string>>;
  readonly aim: ReadonlySignal<Aim>;
  readonly failedEdits: Signal<ReadonlyMap<string, FailedEdit>>;
  readonly isLoading: Signal<boolean>;
  /** Set by the message list: whether the newest row is on screen. */
  isPinned: boolean;
  take(event: ChannelEvent): void;
  write(text: string): void;
  /**
   * Turns the composer to something else. What was being written is set aside for the time of an edit, whose text
   * `editing` is.
   */
  aimAt(next: Aim, editing?: string): void;
}

export interface ModelOptions {
  readonly id: string;
  readonly owner: string;
  /** Called with the messages among each batch, before they are drawn. */
  readonly arrived: (model: ChannelModel, messages: readonly Arrived[]) => void;
}
export type Arrived = Extract<ChannelEvent, { readonly type: 'message' }>;

export function createChannelModel(options: ModelOptions): ChannelModel {
  const view = signal<ChannelView>(EMPTY_VIEW);
  let queue: ChannelEvent[] = [];
  const draftName = `draft ${options.owner} ${options.id}`;
  const draft = signal(load(draftName) ?? '');

  const flush = createFlush(() => {
    if (queue.length === 0) return;
    const events = queue;
    queue = [];
    if (model.isPinned && view.value.rows.length > TRIM_ABOVE) {
      events.push({ type: 'trim', channel: channelOf(events), keep: KEEP_ROWS });
    }
    batch(() => {
      const isFirstPage = view.value.resets === 0;
      view.value = foldEvents(view.value, events);
      if (!isFirstPage) options.arrived(model, events.filter(isArrived));
    });
  }, browserClock);

  const aim = signal<Aim>(NEW);
  let setAside: string | null = null;

  const model: ChannelModel = {
    id: options.id,
    view,
    unread: signal(0),
    calls: signal(0),
    newFrom: signal(null),
    draft,
    waitUntil: signal(0),
    revealed: signal(new Set()),
    aim,
    failedEdits: signal(new Map()),
    isLoading: signal(false),
    isPinned: true,
    take(event) {
      queue.push(event);
      flush.note(isOwn(event, view.value) ? 'now' : 'soon');
    },
    write(text) {
      draft.value = text;
      if (aim.value.kind !== 'edit') save(draftName, text === '' ? null : text);
    },
    aimAt(next, editing) {
      batch(() => {
        aim.value = next;
        if (next.kind === 'edit') {
          setAside ??= draft.value;
          model.write(editing ?? markupText(next.message.content.rich));
        } else if (setAside !== null) {
          model.write(setAside);
          setAside = null;
        }
      });
    },
  };
  return model;
}

function channelOf(events: readonly ChannelEvent[]): ChannelEvent['channel'] {
  const [first] = events;
  if (first === undefined) throw new Error('no events');
  return first.channel;
}

function isArrived(event: ChannelEvent): event is Arrived {
  return event.type === 'message';
}

/** What the person at this screen did is drawn at once. */
function isOwn(event: ChannelEvent, view: ChannelView): boolean {
  switch (event.type) {
    case 'pending':
    case 'outcome':
    case 'failed':
    case 'dropped':
    case 'joined':
    case 'history':
      return true;
    case 'message':
      return event.key !== null && view.pending.some((post) => post.key === event.key);
    default:
      return false;
  }
}
