import type { Clock } from '../../async/clock.ts';
import { stepKey } from '../../async/mint.ts';
import type { Channel } from '../../domain/channel.ts';
import { noticeStep } from '../../pipeline/steps.ts';
import type { Directory } from '../../store/directory/directory.ts';
import { type Step, type Stored, StoreUnavailable } from '../../store/ports.ts';
import type { Happened } from './live-events.ts';
import { toldOf } from './say.ts';

export interface TellingDeps {
  readonly directory: Pick<Directory, 'channel' | 'channels'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly append: (step: Step) => Promise<Stored>;
}

/** Notices of what happens to an event, for readers of its channel and of the DJ's; written down for moderators with it. */
export function createEventTelling({
  directory,
  clock,
  append,
}: TellingDeps): (happened: Happened, key: string) => Promise<void> {
  async function tell(channel: Channel, code: string, say: string, key: string, note: Step['note']): Promise<void> {
    const stored = await append({ ...noticeStep(channel, code, say, stepKey(key, channel.id), clock.now()), note });
    if (stored.kind === 'full') throw new StoreUnavailable('a notice waits for the archive');
  }

  function homeOf({ dj }: Happened['event']): Channel | null {
    return directory.channels().find(({ kind, owner }) => kind === 'dj' && owner === dj) ?? null;
  }

  return async (happened, key) => {
    const { event, happening, by } = happened;
    const { code, here, home } = toldOf(happening, event);
    const audit = {
      act: code,
      by,
      target: event.dj,
      message: null,
      channel: event.channel,
      until: null,
      reason: event.title,
      cause: key,
    };
    const ownChannel = here === null ? null : directory.channel(event.channel);
    const djs = homeOf(event);
    if (ownChannel !== null && here !== null) await tell(ownChannel, code, here, key, { audit });
    if (djs === null || home === null || djs.id === ownChannel?.id) return;
    await tell(djs, code, home, key, ownChannel === null ? { audit } : {});
  };
}
