import { type Signal, signal } from '@preact/signals';
import type { Client } from '../../../client/index.ts';
import type { CommandSpec } from '../../../core/plugin/commands.ts';

/** What the hub answered to a command, for this person alone. */
export interface CommandAnswer {
  readonly command: string;
  readonly say: string;
  readonly isRefusal: boolean;
}

/** Commands as they are typed behind a `/`. */
export interface Commands {
  /** Empty until somebody begins one. */
  readonly known: Signal<readonly CommandSpec[]>;
  /** By channel. */
  readonly answers: Signal<ReadonlyMap<string, CommandAnswer>>;
  /** Fetches them, once. @returns whether they came just now */
  load(): Promise<boolean>;
  /** @returns whether it was given; if not its text is to stay */
  give(channel: string, text: string, replyTo: string | null): Promise<boolean>;
  dismiss(channel: string): void;
}

export function createCommands(client: Client): Commands {
  const known = signal<readonly CommandSpec[]>([]);
  const answers = signal<ReadonlyMap<string, CommandAnswer>>(new Map());
  let isAsked = false;

  async function load(): Promise<boolean> {
    if (isAsked) return false;
    isAsked = true;
    const answer = await client.commands();
    if (answer.ok) known.value = answer.value;
    else isAsked = false;
    return answer.ok;
  }

  function tell(channel: string, answer: CommandAnswer): void {
    answers.value = new Map([...answers.value, [channel, answer]]);
  }

  return {
    known,
    answers,
    load,
    async give(channel, text, replyTo) {
      const command = text.slice(1).trim();
      const answer = await client.command(channel, command, replyTo);
      tell(channel, {
        command: `/${command.split(/\s/, 1)[0] ?? ''}`,
        say: answer.ok ? answer.value : answer.say,
        isRefusal: !answer.ok,
      });
      return answer.ok;
    },
    dismiss(channel) {
      answers.value = new Map([...answers.value].filter(([id]) => id !== channel));
    },
  };
}

/** Pure. `//` is how a message begins with a slash. */
export function isCommandLine(text: string): boolean {
  return /^\/\p{L}/u.test(text);
}
