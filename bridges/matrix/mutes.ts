import type { HubPort } from '../../core/plugin/index.ts';
import { bagOf, number, text } from './event.ts';

/** Timeouts that have to be lifted by us, for Matrix knows no end of a power level. They last over restarts. */
export interface Mutes {
  /** @param until null: until somebody lifts it */
  set(room: string, user: string, until: number | null): Promise<void>;
  clear(room: string, user: string): Promise<void>;
  /** What is over by now. */
  due(): Promise<readonly Mute[]>;
}

export interface Mute {
  readonly room: string;
  readonly user: string;
  readonly until: number;
}

const NAME = 'mutes';
const MOST = 300;

export function createMutes({ state, clock }: Pick<HubPort, 'state' | 'clock'>): Mutes {
  let loaded: Promise<readonly Mute[]> | null = null;
  let saving: Promise<void> = Promise.resolve();

  function all(): Promise<readonly Mute[]> {
    loaded ??= state.load(NAME).then(parseMutes);
    // what could not be read is read again
    loaded.catch(() => {
      loaded = null;
    });
    return loaded;
  }

  function change(apply: (mutes: readonly Mute[]) => readonly Mute[]): Promise<void> {
    saving = saving
      .catch(() => undefined)
      .then(async () => {
        const next = apply(await all()).slice(-MOST);
        await state.save(NAME, JSON.stringify(next));
        loaded = Promise.resolve(next);
      });
    return saving;
  }

  const without = (mutes: readonly Mute[], room: string, user: string) =>
    mutes.filter((one) => one.room !== room || one.user !== user);

  return {
    set: (room, user, until) =>
      change((mutes) => [...without(mutes, room, user), ...(until === null ? [] : [{ room, user, until }])]),
    clear: (room, user) => change((mutes) => without(mutes, room, user)),
    due: async () => (await all()).filter(({ until }) => until <= clock.now()),
  };
}

function parseMutes(json: string | null): readonly Mute[] {
  const read: unknown = json === null ? [] : JSON.parse(json);
  if (!Array.isArray(read)) return [];
  return read.map(bagOf).flatMap((one) => {
    const [room, user, until] = [text(one, 'room'), text(one, 'user'), number(one, 'until')];
    return room !== null && user !== null && until !== null ? [{ room, user, until }] : [];
  });
}
