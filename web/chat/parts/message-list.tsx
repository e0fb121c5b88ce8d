import { type Signal, useSignal, useSignalEffect } from '@preact/signals';
import type { TargetedKeyboardEvent } from 'preact';

import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { ListedChannel } from '../../../core/domain/wire.ts';
import { createPlace, distanceToEnd, NEAR_PX } from '../place.ts';
import type { ChannelModel } from '../state/channel-model.ts';
import type { Chat } from '../state/chat.ts';
import { isLookedAt } from '../state/chat.ts';
import { loadOlder, loadUntil, loadUntilSeq } from '../state/load.ts';
import { overlay } from '../state/overlay.ts';
import { holdStill } from '../state/prefs.ts';
import type { RowDeeds } from '../state/row-deeds.ts';
import { toast } from '../state/toast.ts';
import {
  hasOlder,
  hold,
  isAtTail,
  newSince,
  PINNED,
  showAround,
  showNewer,
  shownRows,
  showOlder,
  type Window,
} from '../state/window.ts';
import { plural, t } from '../words.ts';
import { Icon } from './icons.tsx';
import { createLongPress } from './long-press.ts';
import { Rows } from './rows.tsx';

interface Props {
  readonly chat: Chat;
  readonly model: ChannelModel;
  readonly channel: ListedChannel;
  readonly deeds: RowDeeds;
  /** A message to scroll to; set back to null once that is done. */
  readonly jumpTo: Signal<string | null>;
  /** Counts up when the reader asks for the present. */
  readonly toPresent: Signal<number>;
}

const LOAD_WITHIN_PX = 800;
const FLASH_MS = 1_800;

export function MessageList({ chat, model, channel, deeds, jumpTo, toPresent }: Props) {
  const window = useSignal<Window>(PINNED);
  // Apart, for rows move under a mouse that rests: that takes no actions away from who goes by keyboard.
  const hovered = useSignal<string | null>(null);
  const focused = useSignal<string | null>(null);
  const flashing = useSignal<string | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const place = useMemo(createPlace, []);
  const isBusy = useRef(false);
  const press = useMemo(() => createLongPress((row) => openSheet(model, row)), [model]);

  const view = model.view.value;
  const isPinned = window.value.kind === 'pinned';
  const isNewAbove = useSignal(false);
  const newer = newSince(view.rows, window.value);
  model.isPinned = isPinned;

  // Under a pointer or a focus that is about to act, nothing moves: rows are held as if the reader had scrolled up.
  const isStill = useSignal(false);
  const newBefore = useRef<number | null>(null);
  const mouseAt = useRef('');
  /** Who is at the actions of a row: the mouse, or who goes by keyboard. */
  const acting = useRef({ mouse: false, keys: false });
  const still = (who: Partial<typeof acting.current>): void => {
    acting.current = { ...acting.current, ...who };
    const isOn = acting.current.mouse || acting.current.keys;
    if (isOn === isStill.value) return;
    if (isOn) {
      if (holdStill.value === 'off' || window.value.kind !== 'pinned') return;
      isStill.value = true;
      newBefore.current = model.newFrom.value;
      window.value = hold(model.view.value.rows);
    } else if (overlay.value.kind === 'none') {
      // what came meanwhile was only kept back
      model.newFrom.value = newBefore.current;
      pin();
    }
  };

  const pin = (): void => {
    isStill.value = false;
    window.value = PINNED;
    if (scroller.current !== null) place.toEnd(scroller.current);
    if (isLookedAt()) chat.markRead();
  };

  const older = async (): Promise<void> => {
    if (isBusy.current) return;
    isBusy.current = true;
    const isThere = hasOlder(model.view.value.rows, window.value) || (await loadOlder(chat, model));
    isBusy.current = false;
    if (isThere && window.value.kind === 'held') window.value = showOlder(model.view.value.rows, window.value);
  };

  const toFirstNew = async (): Promise<void> => {
    const from = model.newFrom.value;
    if (from === null) return;
    isBusy.current = true;
    const first = await loadUntilSeq(chat, model, from);
    isBusy.current = false;
    if (first !== null) await show(first);
  };

  const onScroll = (): void => {
    const element = scroller.current;
    if (element === null) return;
    const hasMovedUp = place.note(element);
    if (isNewAbove.value) isNewAbove.value = isAbove(element, 0, model.newFrom.value);
    const distance = distanceToEnd(element);
    const { rows } = model.view.value;
    if (window.value.kind === 'pinned') {
      if (hasMovedUp && distance >= NEAR_PX) window.value = hold(rows);
    } else if (!hasMovedUp && distance < NEAR_PX && isAtTail(rows, window.value)) {
      pin();
    } else if (!hasMovedUp && distance < element.clientHeight && !isAtTail(rows, window.value)) {
      window.value = showNewer(rows, window.value);
    }
    if (element.scrollTop < LOAD_WITHIN_PX) void older();
  };

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    place.settle(element, isPinned);
    isNewAbove.value = model.newFrom.value !== null && isAbove(element, view.rows[0]?.seq ?? 0, model.newFrom.value);
    if (view.resets > 0 && !view.isEnd && element.scrollHeight <= element.clientHeight + NEAR_PX) void older();
  });

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const sizes = new ResizeObserver(() => place.settle(element, window.value.kind === 'pinned'));
    sizes.observe(element);
    if (element.firstElementChild !== null) sizes.observe(element.firstElementChild);
    return () => sizes.disconnect();
  }, [place, window]);

  const resets = useRef(0);
  useSignalEffect(() => {
    const isReplaced = model.view.value.resets !== resets.current;
    resets.current = model.view.value.resets;
    if (isReplaced) window.value = PINNED;
  });

  const asked = useRef(toPresent.value);
  useSignalEffect(() => {
    if (toPresent.value === asked.current) return;
    asked.current = toPresent.value;
    pin();
  });

  useSignalEffect(() => {
    const id = jumpTo.value;
    if (id === null || model.view.value.resets === 0) return;
    jumpTo.value = null;
    void show(id);
  });

  async function show(id: string): Promise<void> {
    isBusy.current = true;
    const isThere = await loadUntil(chat, model, id);
    isBusy.current = false;
    const around = isThere ? showAround(model.view.value.rows, id) : null;
    if (around === null) {
      toast(t('That message cannot be shown: it is too far back, or gone.'));
      return;
    }
    const isDrawn = shownRows(model.view.value.rows, window.value).some(
      (row) => row.kind === 'message' && row.message.id === id,
    );
    window.value = isDrawn && window.value.kind === 'held' ? window.value : around;
    flashing.value = id;
    requestAnimationFrame(() => {
      const row = document.getElementById(`m-${id}`);
      row?.scrollIntoView({ block: 'center' });
      row?.focus({ preventScroll: true });
      setTimeout(() => {
        if (flashing.value === id) flashing.value = null;
      }, FLASH_MS);
    });
  }

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    if (!(event.target instanceof HTMLElement) || event.target.dataset.message === undefined) return;
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-message]')];
    const next = rows[rows.indexOf(event.target) + (event.key === 'ArrowUp' ? -1 : 1)];
    event.preventDefault();
    next?.focus();
  };

  return (
    <div class="log" role="log" aria-live="off" aria-label={t('Messages in {name}', { name: channel.name })}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it listens for what happens in its rows, which are focusable. */}
      <div
        ref={scroller}
        class="scroller"
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onPointerOver={(event) => {
          if (event.pointerType === 'mouse') hovered.value = rowOf(event.target);
        }}
        onPointerLeave={() => {
          hovered.value = null;
          still({ mouse: false });
        }}
        onFocusIn={(event) => {
          const isByKeyboard = event.target instanceof Element && event.target.matches(':focus-visible');
          still({ keys: isByKeyboard && isOnActions(event.target) });
          focused.value = isByKeyboard ? rowOf(event.target) : null;
        }}
        onFocusOut={(event) => {
          if (rowOf(event.relatedTarget) === null) focused.value = null;
          if (!isOnActions(event.relatedTarget)) still({ keys: false });
        }}
        {...press}
        onClick={() => still({ mouse: false })}
        onPointerMove={(event) => {
          press.onPointerMove(event);
          // Rows move under a mouse that rests, too: only one that was moved there is about to act.
          const at = `${event.clientX} ${event.clientY}`;
          if (event.pointerType === 'mouse' && at !== mouseAt.current) still({ mouse: isOnActions(event.target) });
          mouseAt.current = at;
        }}
      >
        <Rows
          chat={chat}
          model={model}
          channel={channel}
          deeds={deeds}
          rows={shownRows(view.rows, window.value)}
          isAtTail={isAtTail(view.rows, window.value)}
          isAtBeginning={view.isEnd && !hasOlder(view.rows, window.value)}
          hovered={hovered.value}
          focused={focused.value}
          flashing={flashing.value}
        />
      </div>
      {isNewAbove.value && (
        <button type="button" class="pill quiet above" onClick={() => void toFirstNew()}>
          {t('To the first new message')}
        </button>
      )}
      {!isPinned && (
        <button type="button" class={pillClass(newer, isStill.value)} onClick={pin}>
          <Icon name="down" size={16} />
          {isStill.value && `${t('Paused')} · `}
          {newer > 0 ? plural('{n} new message|{n} new messages', newer) : t('Jump to present')}
        </button>
      )}
    </div>
  );
}

/** Whether the first new message stands above what is on screen. */
function isAbove(scroller: HTMLElement, firstSeq: number, newFrom: number | null): boolean {
  if (newFrom === null) return false;
  const divider = scroller.querySelector('.divider.new');
  if (divider === null) return firstSeq > newFrom;
  return divider.getBoundingClientRect().bottom < scroller.getBoundingClientRect().top;
}

/** Of a list that is held still it stands above, out of the way of what one is about to press. */
function pillClass(newer: number, isStill: boolean): string {
  return `pill${newer > 0 ? '' : ' quiet'}${isStill ? ' above' : ''}`;
}

function isOnActions(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('.actions') !== null;
}

function openSheet(model: ChannelModel, id: string): void {
  const row = model.view.value.rows.find((one) => one.kind === 'message' && one.message.id === id);
  if (row?.kind === 'message' && row.message.redaction === null) {
    overlay.value = { kind: 'sheet', message: row.message };
  }
}

/** The id of the message in whose row this element stands. */
export function rowOf(target: EventTarget | null): string | null {
  if (!(target instanceof Element)) return null;
  return target.closest<HTMLElement>('[data-message]')?.dataset.message ?? null;
}
