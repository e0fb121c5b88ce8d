import { useEffect, useState } from 'preact/hooks';
import type { Relations } from '../../../client/index.ts';
import type { StaffView } from '../../../core/domain/staff.ts';
import { channelHref, goTo } from '../route.ts';
import type { Chat } from '../state/chat.ts';
import type { Shown } from '../state/overlay.ts';
import { closeOverlay } from '../state/overlay.ts';
import { toast } from '../state/toast.ts';
import { dateTime } from '../time.ts';
import { t } from '../words.ts';
import { Dialog } from './dialog.tsx';
import { COMPOSER_ID } from './files-in.ts';
import { Disc, LookalikeMark, PlatformBadge, RoleBadge, tint } from './person.tsx';

const ARCHIVED_MS = 2_000;
const MINUTES = [2, 5, 10] as const;

/** Somebody, with what one may do about them; for moderators also what is known of them here. */
export default function PersonCard({ chat, person }: { readonly chat: Chat; readonly person: Shown }) {
  const you = chat.you.value;
  const channel = chat.channel.value;
  const isMe = you?.user === person.user;
  const isStaff = channel !== null && ['moderator', 'dj', 'admin'].includes(channel.rank);
  return (
    <Dialog title={person.name} kind="person-card" onClose={closeOverlay}>
      <p class="card-head tinted" style={tint(person.user)}>
        <Disc name={person.name} />
        <RoleBadge badge={person.badge} />
        <PlatformBadge platform={person.platform} />
        <LookalikeMark author={{ ...person, avatarUrl: null }} />
        {person.platform === 'slipmat' && <span class="soft">{t('here on Slipmat')}</span>}
      </p>
      {isMe ? <OwnKarma chat={chat} /> : you?.isGuest === false && <Acts chat={chat} person={person} />}
      {isStaff && !isMe && <Staff chat={chat} channel={channel.id} person={person} />}
    </Dialog>
  );
}

function Acts({ chat, person }: { readonly chat: Chat; readonly person: Shown }) {
  const [relations, setRelations] = useState<Relations | null>(null);
  const load = (): void => {
    void chat.client.ask('relations', {}).then((answer) => answer.ok && setRelations(answer.value));
  };
  useEffect(load, [chat]);
  const isMuted = relations?.muted.some(({ user }) => user === person.user) ?? false;
  const isBlocked = relations?.blocked.some(({ user }) => user === person.user) ?? false;

  async function relate(kind: 'mute' | 'unmute' | 'block' | 'unblock', say: string): Promise<void> {
    const answer = await chat.client.do(kind, { user: person.user, channel: chat.channel.value?.id ?? null });
    toast(answer.ok ? say : answer.say);
    load();
  }
  async function message(): Promise<void> {
    const answer = await chat.client.do('open-direct', { users: [person.user as never] });
    if (!answer.ok) return toast(answer.say);
    if (answer.value.say !== null) toast(answer.value.say);
    closeOverlay();
    goTo(channelHref(answer.value.channel));
  }
  function mention(): void {
    const model = chat.current.value;
    closeOverlay();
    if (model === null) return;
    const before = model.draft.value;
    model.write(`${before}${before === '' || before.endsWith(' ') ? '' : ' '}@${person.name} `);
    requestAnimationFrame(() => document.getElementById(COMPOSER_ID)?.focus());
  }

  return (
    <div class="choices wrap">
      <button type="button" class="button" onClick={mention}>
        {t('Mention')}
      </button>
      <button type="button" class="button" onClick={() => void message()}>
        {t('Message')}
      </button>
      <button
        type="button"
        class="button"
        aria-pressed={isMuted}
        onClick={() =>
          void (isMuted
            ? relate('unmute', t('You see {name} again.', { name: person.name }))
            : relate('mute', t('{name} is hidden, for you alone.', { name: person.name })))
        }
      >
        {isMuted ? t('Unmute') : t('Mute')}
      </button>
      <button
        type="button"
        class="button"
        aria-pressed={isBlocked}
        onClick={() =>
          void (isBlocked
            ? relate('unblock', t('{name} may write to you again.', { name: person.name }))
            : relate('block', t('{name} can send you no private messages. They are not told.', { name: person.name })))
        }
      >
        {isBlocked ? t('Unblock') : t('Block')}
      </button>
    </div>
  );
}

function OwnKarma({ chat }: { readonly chat: Chat }) {
  const channel = chat.channel.value?.id ?? null;
  const you = chat.you.value;
  const [karma, setKarma] = useState<{
    balance: number;
    lines: readonly { points: number; why: string; at: number }[];
  }>();
  useEffect(() => {
    if (channel === null || you === null) return;
    void chat.client.ask('karma', { channel, user: you.user }).then((answer) => answer.ok && setKarma(answer.value));
  }, [chat, channel, you]);
  if (karma === undefined) return <p class="soft">{t('Loading…')}</p>;
  return (
    <>
      <p>
        {t('Your karma here:')} <b>{Math.round(karma.balance)}</b>
      </p>
      <ul class="karma">
        {karma.lines.slice(0, 10).map((line) => (
          <li key={`${line.at} ${line.why}`}>
            <b>{line.points > 0 ? `+${line.points}` : line.points}</b> {line.why} <time>{dateTime(line.at)}</time>
          </li>
        ))}
      </ul>
    </>
  );
}

function Staff(props: { readonly chat: Chat; readonly channel: string; readonly person: Shown }) {
  const { chat, channel, person } = props;
  const [view, setView] = useState<StaffView | null>(null);
  const [reason, setReason] = useState('');
  const load = (): void => {
    void chat.client
      .ask('person', { channel, user: person.user })
      .then((answer) => setView(answer.ok ? answer.value : null));
  };
  useEffect(load, [chat, channel, person.user]);

  async function sanction(act: 'timeout' | 'ban' | 'lift', minutes: number | null): Promise<void> {
    const of = { channel, target: person.user, act, minutes, reason: reason.trim() || null, redactMinutes: null };
    const answer = await chat.client.do('sanction', of);
    const undo = { label: t('Undo'), run: () => void sanction('lift', null) };
    if (!answer.ok) toast(answer.say);
    else toast([answer.value.say, answer.value.effect].filter(Boolean).join(' '), act === 'lift' ? null : undo);
    load();
    // what was done stands in the archive a moment later
    setTimeout(load, ARCHIVED_MS);
  }

  return (
    <section class="staff" aria-label={t('For moderators')}>
      <h3>{t('For moderators')}</h3>
      {view !== null && (
        <ul class="facts">
          <li>
            {t('Karma')} {Math.round(view.karma)}
          </li>
          {view.restraint !== null && (
            <li class="warn">
              {view.restraint.act}
              {view.restraint.until !== null && ` ${t('until {when}', { when: dateTime(view.restraint.until) })}`}
            </li>
          )}
          {view.accounts.map((account) => (
            <li key={account.user}>
              {account.name} ({account.platform})
            </li>
          ))}
        </ul>
      )}
      <label class="field">
        <span>{t('Reason')}</span>
        <input class="input" maxLength={300} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
      </label>
      <div class="choices wrap">
        {view?.restraint === null || view === null ? (
          <>
            {MINUTES.map((minutes) => (
              <button key={minutes} type="button" class="button" onClick={() => void sanction('timeout', minutes)}>
                {t('{n} min', { n: minutes })}
              </button>
            ))}
            <button type="button" class="button danger" onClick={() => void sanction('ban', null)}>
              {t('Ban')}
            </button>
          </>
        ) : (
          <button type="button" class="button" onClick={() => void sanction('lift', null)}>
            {view.restraint.act === 'ban' ? t('Lift the ban') : t('Lift the timeout')}
          </button>
        )}
      </div>
      {view !== null && view.acts.length > 0 && (
        <ol class="karma">
          {view.acts.slice(0, 8).map((act) => (
            <li key={`${act.at} ${act.act}`}>
              <b>{act.act}</b> {act.reason ?? ''} <time>{dateTime(act.at)}</time>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
