import { useRef, useState } from 'preact/hooks';
import { toast } from '../../chat/state/toast.ts';
import { act } from '../asked.ts';
import { useClaim } from '../claiming.ts';
import type { DeskItem } from '../desk.ts';
import type { PanelProps } from '../panel.ts';
import { Choices } from '../parts/choices.tsx';
import { type Choice, TimeoutDialog } from '../parts/timeout-dialog.tsx';
import { useQueueKeys } from '../queue-keys.ts';
import { type Decision, QueueItem } from './queue-item.tsx';

const FILTERS = [
  { id: null, label: 'All' },
  { id: 'report', label: 'Reported' },
  { id: 'held', label: 'Held' },
  { id: 'picture', label: 'Pictures' },
] as const;

/** What waits for a moderator, in one list, worked off by keyboard; several do it at once without meeting. */
export function QueuePanel({ hub: { client, you }, channel, desk }: PanelProps) {
  const [done, setDone] = useState<ReadonlySet<string>>(new Set());
  const deciding = useRef(new Set<string>());
  const [kind, setKind] = useState<DeskItem['kind'] | null>(null);
  const [timing, setTiming] = useState<DeskItem | null>(null);
  const all = (desk.items ?? []).filter(({ id }) => !done.has(id));
  const filters = FILTERS.map((one) => {
    const count = all.filter((item) => one.id === null || item.kind === one.id).length;
    return { id: one.id, label: `${one.label} ${count}` };
  });
  const items = all.filter((item) => kind === null || item.kind === kind);
  const me = you.value?.user ?? null;
  const holderOf = ({ message }: DeskItem) => {
    const claim = desk.claims.get(message.id);
    return claim === undefined || claim.by.user === me ? null : (claim.by.name ?? 'Somebody');
  };

  async function decide(item: DeskItem, as: Decision): Promise<void> {
    const holder = holderOf(item);
    if (holder !== null) return toast(`${holder} is on it.`);
    if (!decisionsFor(item).includes(as)) return;
    if (as === 'timeout') return setTiming(item);
    if (deciding.current.has(item.id)) return;
    deciding.current.add(item.id);
    // it leaves the list at once, and comes back where the hub has another opinion
    setDone((before) => new Set([...before, item.id]));
    if (!(await carryOut(item, as))) {
      setDone((before) => new Set([...before].filter((id) => id !== item.id)));
      deciding.current.delete(item.id);
    }
    desk.reload();
  }

  async function carryOut({ kind: what, message, one }: DeskItem, as: Decision): Promise<boolean> {
    const of = { channel: channel.id, message: message.id };
    if (as === 'safe' || as === 'nsfw') {
      const picture = 'picture' in one ? one.picture : null;
      return (await act(client, 'mark-image', { ...of, picture, mark: as, reason: null })) !== null;
    }
    if (what === 'held') {
      if (as === 'approve') return (await act(client, 'release-held', of)) !== null;
      return (await act(client, 'discard-held', { ...of, reason: null })) !== null;
    }
    if (what === 'report') {
      const upheld = as === 'approve' ? 'dismissed' : 'upheld';
      return (await act(client, 'decide-reports', { ...of, as: upheld, reason: null })) !== null;
    }
    const redacted = await client.redact(channel.id, message.id, null);
    if (!redacted.ok) toast(redacted.say);
    return redacted.ok;
  }

  /** What they wrote goes with it: nobody lets through a message of somebody whom they silence for it. */
  async function timeOut(item: DeskItem, { minutes, reason }: Choice): Promise<void> {
    setTiming(null);
    const of = { channel: channel.id, target: item.message.author.user, act: 'timeout' as const };
    const given = await act(client, 'sanction', { ...of, minutes, reason, redactMinutes: null });
    if (given === null) return;
    toast([given.say, given.effect].filter(Boolean).join(' '));
    await decide(item, 'discard');
  }

  const on = (as: Decision) => (id: string) => {
    const item = items.find((one) => one.id === id);
    if (item !== undefined) void decide(item, item.kind === 'picture' && as === 'approve' ? 'safe' : as);
  };
  const keys = useQueueKeys(
    items.map(({ id }) => id),
    { a: on('approve'), d: on('discard'), t: on('timeout'), s: on('safe'), n: on('nsfw') },
    (id) => deciding.current.has(id),
  );
  const current = items[keys.at];
  const isFree = current !== undefined && holderOf(current) === null;
  useClaim(client, channel.id, isFree && keys.isOwn ? current.message.id : null);

  if (desk.say !== null) return <p class="problem">{desk.say}</p>;
  if (desk.items === null) return <p class="soft">Loading…</p>;
  return (
    <>
      <Choices label="What to show" of={filters} chosen={kind} onChoose={setKind} />
      <p class="soft keys-line">
        <kbd>J</kbd> <kbd>K</kbd> move, <kbd>A</kbd> let through, <kbd>D</kbd> delete, <kbd>T</kbd> time out,{' '}
        <kbd>S</kbd> safe, <kbd>N</kbd> NSFW
      </p>
      {items.length === 0 ? (
        <p class="none">Nothing waits here.</p>
      ) : (
        <ol class="cards queue" aria-label="Waiting">
          {items.map((item, at) => (
            <li key={item.id} class="card" data-kind={item.kind} {...keys.item(at)}>
              <QueueItem
                item={item}
                holder={holderOf(item)}
                decisions={decisionsFor(item)}
                onDecide={(as) => void decide(item, as)}
              />
            </li>
          ))}
        </ol>
      )}
      {timing !== null && (
        <TimeoutDialog
          name={timing.message.author.name}
          hint={timing.kind === 'held' ? 'The message is discarded.' : 'The message is deleted everywhere.'}
          onChoose={(choice) => void timeOut(timing, choice)}
          onClose={() => setTiming(null)}
        />
      )}
    </>
  );
}

function decisionsFor({ kind, message }: DeskItem): readonly Decision[] {
  if (kind === 'picture') return ['safe', 'nsfw', 'discard', 'timeout'];
  const hasPicture = message.content.attachments.some(({ picture }) => picture !== undefined);
  const marks: readonly Decision[] = kind === 'report' && hasPicture ? ['safe', 'nsfw'] : [];
  return ['approve', 'discard', 'timeout', ...marks];
}
