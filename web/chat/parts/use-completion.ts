import { useState } from 'preact/hooks';
import type { ChannelModel } from '../state/channel-model.ts';
import type { Chat } from '../state/chat.ts';
import { type Candidate, candidates, type Sources, tokenAt } from '../state/completion.ts';
import { COMPLETIONS_ID, optionId } from './completions.tsx';

type FindEmoji = Sources['emoji'];
let findEmoji: FindEmoji | null = null;

/** Recent speakers are looked for among so many rows. */
const RECENT_ROWS = 100;

type Caret = Pick<HTMLTextAreaElement, 'value' | 'selectionStart' | 'selectionEnd'>;

export interface Completion {
  readonly found: readonly Candidate[];
  readonly at: number;
  pick(candidate: Candidate): void;
  /** After each change of the text or the caret. */
  look(field: Caret): void;
  close(): void;
  /** @returns whether the key was for the list */
  onKey(event: KeyboardEvent): boolean;
  readonly aria: Readonly<Record<string, string | undefined>>;
}

/** Completion of people, channels, emoji and commands at the caret of the composer. */
export function useCompletion(chat: Chat, model: ChannelModel, field: () => HTMLTextAreaElement | null): Completion {
  const [state, set] = useState<{ readonly found: readonly Candidate[]; readonly at: number }>(NONE);
  const { found, at } = state;

  function look({ value, selectionStart, selectionEnd }: Caret): void {
    const token = selectionStart === selectionEnd ? tokenAt(value, selectionStart) : null;
    if (token?.kind === 'command') {
      void chat.commands.load().then((isNew) => {
        const now = field();
        // the list may come after the last letter
        if (isNew && now !== null) look(now);
      });
    }
    if (token?.kind === 'emoji' && findEmoji === null) {
      void import('../emoji.ts').then((table) => {
        findEmoji = (words) => table.findEmoji(words).map((one) => ({ ...one, char: table.toned(one.char) }));
        if (field()?.value === value) look({ value, selectionStart, selectionEnd });
      });
    }
    set(token === null ? NONE : { found: candidates(token, sourcesOf(chat, model)), at: 0 });
  }

  function pick({ insert }: Candidate): void {
    const element = field();
    const token = element === null ? null : tokenAt(element.value, element.selectionStart);
    set(NONE);
    if (element === null || token === null) return;
    const { value } = element;
    const behind = value.slice(token.to).replace(/^[\p{L}\p{N}_.+-]+/u, '');
    model.write(`${value.slice(0, token.from)}${insert}${insert.endsWith(' ') ? behind.replace(/^ /, '') : behind}`);
    const caret = token.from + insert.length;
    requestAnimationFrame(() => {
      element.focus();
      element.setSelectionRange(caret, caret);
    });
  }

  function onKey(event: KeyboardEvent): boolean {
    if (found.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return false;
    const chosen = found[at];
    switch (event.key) {
      case 'ArrowDown':
        set({ found, at: (at + 1) % found.length });
        break;
      case 'ArrowUp':
        set({ found, at: (at + found.length - 1) % found.length });
        break;
      case 'Tab':
      case 'Enter':
        if (event.shiftKey || chosen === undefined) return false;
        // a whole command is given, not completed once more
        if (event.key === 'Enter' && chosen.insert.trim() === field()?.value.trim()) return false;
        pick(chosen);
        break;
      case 'Escape':
        set(NONE);
        event.stopPropagation();
        break;
      default:
        return false;
    }
    event.preventDefault();
    return true;
  }

  const isOpen = found.length > 0;
  return {
    found,
    at,
    pick,
    look,
    close: () => set(NONE),
    onKey,
    aria: {
      'aria-autocomplete': 'list',
      'aria-controls': isOpen ? COMPLETIONS_ID : undefined,
      'aria-activedescendant': isOpen ? optionId(at) : undefined,
    },
  };
}

const NONE = { found: [], at: 0 } as const;

function sourcesOf(chat: Chat, model: ChannelModel): Sources {
  const people = new Map<string, Sources['people'][number]>();
  const you = chat.you.value?.user;
  for (const row of model.view.value.rows.slice(-RECENT_ROWS).toReversed()) {
    if (row.kind !== 'message' || row.message.author.user === you) continue;
    const { user, name, platform } = row.message.author;
    if (!people.has(user)) people.set(user, { user, name, platform });
  }
  for (const { user, name, platform } of chat.people.present.value?.people ?? []) {
    if (user !== you && !people.has(user)) people.set(user, { user, name, platform });
  }
  return {
    people: [...people.values()].filter(({ user }) => !chat.hidden.value.has(user)),
    channels: chat.channels.value,
    commands: chat.commands.known.value,
    emoji: findEmoji ?? (() => []),
  };
}
