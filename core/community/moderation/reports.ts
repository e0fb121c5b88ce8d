import type { Clock } from '../../async/clock.ts';
import { stepKey } from '../../async/mint.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import type { ChannelId, EpochMs, MessageId, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { POINTS } from '../../domain/karma.ts';
import { may, outranks } from '../../domain/permission.ts';
import { type Receipt, refused } from '../../domain/receipt.ts';
import type { ReportedMessage } from '../../domain/staff.ts';
import type { HistoryMessage, WireChatMessage, WireEntry } from '../../domain/wire.ts';
import { isNewcomer } from '../../moderation/newcomer.ts';
import { isJudged } from '../../moderation/policy.ts';
import { isReceipt, type Place, place } from '../../pipeline/address.ts';
import type { FirstHeard } from '../../pipeline/first-heard.ts';
import { type LiveFacts, sanctionIn } from '../../pipeline/live-facts.ts';
import { actStep } from '../../pipeline/steps.ts';
import type { Fresh } from '../../pipeline/until-fresh.ts';
import type { Effect, EntryNote, Head, Step } from '../../store/ports.ts';
import type { PeopleFinder } from './find-people.ts';
import type { ReportRows } from './report-rows.ts';

export interface ReportRequest {
  readonly by: Actor;
  readonly channel: ChannelId;
  readonly id: MessageId;
  readonly reason: string | null;
}

export interface Reports {
  /** `accepted`: told to the moderators, and hidden where enough people of good standing have reported it. */
  report(request: ReportRequest): Promise<Receipt>;
  /** Open ones, oldest first; of all channels where this person moderates when none is named. */
  list(by: Actor, channel: ChannelId | null, limit: number): Promise<readonly ReportedMessage[] | Receipt>;
  /** `upheld`: the message goes everywhere. `dismissed`: it is shown again. */
  decide(request: ReportRequest & { readonly as: 'upheld' | 'dismissed' }): Promise<Receipt>;
}

export interface ReportDeps {
  readonly facts: LiveFacts;
  readonly channels: () => readonly Channel[];
  readonly history: {
    message(channel: Channel, id: MessageId): Promise<HistoryMessage | null>;
    /** Its words also while reports hide it. */
    original(channel: Channel, id: MessageId): Promise<WireChatMessage | null>;
    head(scope: ReturnType<typeof scopeOf>, id: MessageId): Promise<Head | null>;
  };
  readonly rows: ReportRows;
  readonly firstHeard: FirstHeard;
  readonly karmaOf: (user: UserId) => number;
  readonly untilFresh: Fresh;
  readonly append: (step: Step) => Promise<void>;
  /** The route of a redaction. */
  readonly redact: (request: ReportRequest) => Promise<Receipt>;
  readonly finder: Pick<PeopleFinder, 'names'>;
  /** Something was reported there, or decided. */
  readonly onChange: (channel: ChannelId) => void;
  readonly clock: Pick<Clock, 'now'>;
}

const MOST_LISTED = 50;
/** Whose reports were dismissed so often, and oftener than upheld, is heard no more towards hiding. */
const MOST_DISMISSED = 3;
/** Of one person nobody has decided yet; more are turned down. */
export const MOST_OPEN_REPORTS = 20;

/** People tell moderators of messages; enough people of good standing hide one until a moderator has looked. */
export function createReports(deps: ReportDeps): Reports {
  const { facts, rows, history, clock, karmaOf, untilFresh } = deps;

  async function isOfGoodStanding(by: Actor, { channel, standing }: Place): Promise<boolean> {
    if (!isJudged(standing.rank)) return true;
    await deps.firstHeard.know(by.user);
    const now = clock.now();
    const karma = karmaOf(by.user);
    const sanction = sanctionIn(facts, channel, by.user);
    const isRestrained = sanction !== null && (sanction.until === null || sanction.until > now);
    if (karma < 0 || isRestrained || isNewcomer(deps.firstHeard.at(by.user), karma, now)) return false;
    const { upheld, dismissed } = await rows.recordOf(by.user, now);
    return dismissed < MOST_DISMISSED || upheld >= dismissed;
  }

  /** Nobody hides by reports what somebody of rank has said. */
  async function hideIfEnough({ by, channel: id, id: message }: ReportRequest, author: UserId): Promise<void> {
    const { reportsToHide } = facts.settings(id);
    if (reportsToHide === 0 || (await rows.counting(message)) < reportsToHide) return;
    const channel = facts.channel(id);
    if (channel === null || !isJudged(facts.standing(author, false, channel).rank)) return;
    const head = await history.head(scopeOf(channel), message);
    if (head === null || head.isRedacted || head.isHidden === true) return;
    const at = clock.now();
    const redaction = { at, by: 'reports' } as const;
    const audit = { act: 'report-hide', by: null, target: author, message, channel: id, until: null, reason: null };
    const step = readersStep(channel, 'hidden', stepKey('hide', message, by.user), at, {
      note: { author, audit },
      head,
    });
    await deps.append({
      ...step,
      body: JSON.stringify({ type: 'redaction', channel: id, id: message, redaction } satisfies WireEntry),
      effects: [{ kind: 'hide', id: message, author, redaction }],
    });
  }

  function moderated(by: Actor, id: ChannelId, author: UserId | null): Place | Receipt {
    const here = place(facts, by, id, 'read');
    if (isReceipt(here)) return here;
    const permission = may('redact-others', here.standing);
    if (!permission.ok) return refused(permission.code, permission.say);
    const isOver = author === null || outranks(here.standing.rank, facts.standing(author, false, here.channel).rank);
    return isOver ? here : refused('forbidden', 'You cannot act on someone of the same or a higher rank.');
  }

  /** Shown again, if reports had hidden it. */
  async function show({ by, channel: id, id: message, reason }: ReportRequest, head: Head): Promise<Receipt> {
    const { author } = head;
    const first = moderated(by, id, null);
    if (isReceipt(first)) return first;
    const original = head.isHidden === true ? await history.original(first.channel, message) : null;
    return untilFresh(first.scope, (rev) => {
      const here = moderated(by, id, null);
      if (isReceipt(here)) return here;
      const at = clock.now();
      const audit = { act: 'report-dismiss', by: by.user, target: author, message, channel: id, until: null, reason };
      const key = stepKey('show', message, by.user, String(at));
      if (original === null) return { ...actStep(first.scope, key, at, { audit }), ifRev: rev };
      const body: WireEntry = { type: 'shown', channel: id, id: message, message: original };
      const effects: readonly Effect[] = [{ kind: 'show', id: message, author }];
      const step = readersStep(here.channel, 'shown', key, at, { note: { author, actor: by.user, audit }, head });
      return { ...step, body: JSON.stringify(body), effects, ifRev: rev };
    });
  }

  async function uphold(request: ReportRequest, author: UserId): Promise<Receipt> {
    const { by, channel, id, reason } = request;
    const receipt = await deps.redact(request);
    if (receipt.kind === 'refused' || receipt.kind === 'stopping') return receipt;
    const here = moderated(by, channel, null);
    if (isReceipt(here)) return receipt;
    const cause = stepKey('report-upheld', id);
    const audit = {
      act: 'report-uphold',
      by: by.user,
      target: author,
      message: id,
      channel,
      until: null,
      reason,
      cause,
    };
    const karma = [{ user: author, points: POINTS.reportUpheld, why: 'report-upheld', by: by.user, cause }];
    await deps.append(actStep(here.scope, cause, clock.now(), { audit, karma }));
    return { kind: 'accepted', id, seq: null };
  }

  return {
    async report(request) {
      const { by, channel: id, id: message, reason } = request;
      const here = place(facts, by, id, 'read');
      if (isReceipt(here)) return here;
      if (by.isGuest) return refused('sign-in', 'Sign in to do that.');
      const found = await history.message(here.channel, message);
      if (found === null) return refused('not-found', 'There is no such message.');
      const author = found.message.author.user;
      if (facts.sameAs(author).includes(by.user)) return refused('bad-request', 'That is your own message.');
      if (found.message.redaction !== null && found.message.redaction.by !== 'reports') {
        return refused('redacted', 'This message was deleted.');
      }
      const earlier = await rows.by(facts.sameAs(by.user), message);
      if (earlier.isTold) return { kind: 'unchanged', id: message, seq: null };
      if (earlier.open >= MOST_OPEN_REPORTS && isJudged(here.standing.rank)) return TOO_MANY;
      const counts = await isOfGoodStanding(by, here);
      const at = clock.now();
      const isNew = await rows.add({ message, reporter: by.user, channel: id, author, reason, at, counts });
      if (!isNew) return { kind: 'unchanged', id: message, seq: null };
      if (counts) await hideIfEnough(request, author);
      deps.onChange(id);
      return { kind: 'accepted', id: message, seq: null };
    },

    async list(by, channel, limit) {
      const wanted = channel === null ? deps.channels().map(({ id }) => id) : [channel];
      const places = wanted.map((id) => moderated(by, id, null));
      const [only] = places;
      if (channel !== null && only !== undefined && isReceipt(only)) return only;
      const open = places.flatMap((one) => (isReceipt(one) ? [] : [one.channel]));
      const most = Math.max(1, Math.min(MOST_LISTED, Math.trunc(limit)));
      const found = await rows.open(
        open.map(({ id }) => id),
        most,
      );
      const listed = await Promise.all(
        found.map(async ({ message: id, channel: where, author, reports }): Promise<ReportedMessage | null> => {
          const here = open.find((one) => one.id === where);
          if (here === undefined) return null;
          const message = await history.original(here, id);
          if (message === null) {
            // it was removed without a word about the reports
            await rows.close(id, 'upheld');
            return null;
          }
          const names = await deps.finder.names(
            reports.map(({ reporter }) => reporter),
            where,
          );
          const head = await history.head(scopeOf(here), id);
          return {
            channel: where,
            message,
            isHidden: head?.isHidden === true,
            karma: karmaOf(author),
            reports: reports.map(({ reporter, reason, at }) => ({
              by: names.get(reporter) ?? { user: reporter, name: null, platform: null },
              reason,
              at,
            })),
          };
        }),
      );
      return listed.filter((one) => one !== null);
    },

    async decide(request) {
      const { by, channel: id, id: message, as } = request;
      const here = moderated(by, id, null);
      if (isReceipt(here)) return here;
      const head = await history.head(here.scope, message);
      if (head === null || head.channel !== id) return refused('not-found', 'There is no such message.');
      if (!(await rows.hasOpen(message))) return refused('decided', 'Somebody else has decided that already.');
      const stands = moderated(by, id, as === 'upheld' ? head.author : null);
      if (isReceipt(stands)) return stands;
      const receipt = as === 'upheld' ? await uphold(request, head.author) : await show(request, head);
      if (receipt.kind === 'accepted' || receipt.kind === 'duplicate') await rows.close(message, as);
      deps.onChange(id);
      return receipt;
    },
  };
}

function readersStep(
  channel: Channel,
  kind: 'hidden' | 'shown',
  key: string,
  at: EpochMs,
  { note, head }: { readonly note: EntryNote; readonly head: Head },
) {
  const scope = scopeOf(channel);
  return {
    scope,
    channel: channel.id,
    key,
    digest: kind,
    ifRev: null,
    kind,
    audience: 'readers',
    at,
    note,
    known: head,
  } as const;
}

const TOO_MANY = refused('rate-limited', 'Moderators have not looked at your earlier reports yet.', 60_000);
