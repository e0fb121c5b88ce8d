import type { Clock } from '../async/clock.ts';
import { newRowId, stepKey } from '../async/mint.ts';
import type { Timers } from '../community/timers/timers.ts';
import { type Channel, scopeOf } from '../domain/channel.ts';
import type { ChannelId, MessageId, ScopeId, UserId } from '../domain/ids.ts';
import type { Actor } from '../domain/inbound.ts';
import type { Author } from '../domain/message.ts';
import { may, outranks } from '../domain/permission.ts';
import type { PictureMark } from '../domain/picture-mark.ts';
import { type Receipt, refused } from '../domain/receipt.ts';
import { isReceipt, type Place, place } from '../pipeline/address.ts';
import type { LiveFacts } from '../pipeline/live-facts.ts';
import { actStep } from '../pipeline/steps.ts';
import type { Fresh } from '../pipeline/until-fresh.ts';
import type { MarkDeeds } from '../plugin/asked/marks.ts';
import type { Answer } from '../plugin/surface.ts';
import type { History } from '../store/archive/history.ts';
import type { Directory } from '../store/directory/directory.ts';
import type { Sql, Statement } from '../store/sql/sql.ts';
import { SPREAD, type SpreadTask } from './marks-spread.ts';
import type { MediaStore } from './media-store.ts';
import type { UntilArchived } from './until-archived.ts';

/** What moderators say of pictures. */
export interface Marks {
  readonly deeds: {
    readonly 'mark-image': (
      actor: Actor,
      deed: MarkDeeds['mark-image'][0],
    ) => Promise<Answer<MarkDeeds['mark-image'][1]>>;
  };
}

export interface MarkDeps {
  readonly sql: Sql;
  readonly facts: LiveFacts;
  readonly directory: Pick<Directory, 'change' | 'channels' | 'marks'>;
  readonly history: Pick<History, 'message'>;
  readonly untilFresh: Fresh;
  readonly untilArchived: UntilArchived;
  readonly timers: Pick<Timers, 'set' | 'hurry'>;
  readonly media: Pick<MediaStore, 'purge'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** What is to be said of which picture, and how far it holds. */
interface Saying {
  readonly picture: string;
  readonly mark: PictureMark;
  /** Null: everywhere. */
  readonly scope: ScopeId | null;
  readonly was: PictureMark | null;
}

/**
 * A mark by moderators of a DJ holds in the channels of that DJ, one by an admin everywhere; so does one of the
 * megachannel's moderators, but for what they remove. It goes by the bytes: whatever shows them is marked, what comes
 * later included. What is said everywhere takes the place of all that was said before; a DJ can then be stricter.
 */
export function createMarks(deps: MarkDeps): Marks {
  const { sql, facts, directory, clock, timers } = deps;

  function moderated(by: Actor, id: ChannelId): Place | Receipt {
    const here = place(facts, by, id, 'read');
    if (isReceipt(here)) return here;
    const permission = may('redact-others', here.standing);
    return permission.ok ? here : refused(permission.code, permission.say);
  }

  /** To say that something is safe is no act against anybody. */
  function mayMark(here: Place, by: Actor, author: UserId, mark: PictureMark): boolean {
    if (mark === 'safe' || facts.sameAs(author).includes(by.user)) return true;
    return outranks(here.standing.rank, facts.standing(author, false, here.channel).rank);
  }

  /** Nobody takes away by a picture what people of their own rank have posted. */
  async function isHeldByPeers(here: Place, by: Actor, { picture, scope }: Saying): Promise<boolean> {
    if (here.standing.rank === 'admin') return false;
    await deps.untilArchived(scope);
    const query = sql.build
      .selectFrom('media_uses as u')
      .innerJoin('messages as m', 'm.id', 'u.message_id')
      .select(['m.author_id', 'u.channel_id'])
      .distinct()
      .where('u.hash', '=', picture);
    const rows = await sql.read(query.compile());
    return rows.some(({ author_id, channel_id }) => {
      const channel = facts.channel(channel_id as ChannelId);
      if (channel === null || (scope !== null && scopeOf(channel) !== scope)) return false;
      return !mayMark({ ...here, channel }, by, author_id as UserId, 'remove');
    });
  }

  function statements({ picture, mark, scope }: Saying, by: Actor, task: SpreadTask): readonly Statement[] {
    const row = { mark, by_id: by.user, at: clock.now() };
    const drop = sql.build.deleteFrom('picture_marks').where('picture', '=', picture);
    const insert = sql.build
      .insertInto('picture_marks')
      .values({ picture, scope: scope ?? '', ...row })
      .onConflict((conflict) => conflict.columns(['picture', 'scope']).doUpdateSet(row));
    const timer = timers.set({ id: task.id, kind: SPREAD, due: clock.now(), payload: JSON.stringify(task) });
    return [...(scope === null ? [{ query: drop.compile() }] : []), { query: insert.compile() }, timer];
  }

  /** Written down first, by the rights of that moment; then it holds for all that comes, and is brought to what is there. */
  async function say(saying: Saying, { by, here, id, author, reason }: Said): Promise<Receipt> {
    const { picture, mark, scope, was } = saying;
    const act = `mark-${mark}`;
    const channel = here.channel.id;
    const audit = { act, by: by.user, target: author, message: id, channel, until: null, reason };
    const receipt = await deps.untilFresh(here.scope, (rev) => {
      const now = moderated(by, channel);
      if (isReceipt(now)) return now;
      if (!mayMark(now, by, author, mark)) return SAME_RANK;
      return { ...actStep(now.scope, stepKey(act, newRowId()), clock.now(), { audit }), ifRev: rev };
    });
    if (receipt.kind !== 'accepted') return receipt;
    const task: SpreadTask = {
      id: `mark:${picture}:${scope ?? ''}`,
      picture,
      mark,
      scope,
      was: was === 'remove' ? null : was,
      by: by.user,
      reason,
      cause: newRowId(),
    };
    await directory.change({
      statements: statements(saying, by, task),
      scopes: scope === null ? null : [scope],
      what: [{ kind: 'marks', picture }],
    });
    if (mark === 'remove' && scope === null) await deps.media.purge(picture);
    await timers.hurry(task.id);
    return receipt;
  }

  return {
    deeds: {
      async 'mark-image'(by, { channel, message: id, picture, mark, reason }) {
        const here = moderated(by, channel);
        if (isReceipt(here)) return no(here);
        const found = await deps.history.message(here.channel, id);
        if (found === null) return no(NO_MESSAGE);
        const pictures = found.message.content.attachments.flatMap((one) => one.picture ?? []);
        const chosen = [...new Set(pictures)].filter((one) => picture === null || one === picture);
        if (chosen.length === 0) return no(NO_PICTURE);
        const { author } = found.message;
        if (!mayMark(here, by, author.user, mark)) return no(SAME_RANK);
        const scope = reachOf(here, mark);
        for (const one of chosen) {
          const saying = { picture: one, mark, scope, was: directory.marks.in(here.scope, one) };
          if (mark === 'remove' && (await isHeldByPeers(here, by, saying))) return no(PEERS);
          const receipt = await say(saying, { by, here, id, author: author.user, reason });
          if (receipt.kind === 'refused' || receipt.kind === 'stopping') return no(receipt);
        }
        return { ok: true, value: { say: saidOf(mark, chosen.length, scope === null ? null : here.channel, author) } };
      },
    },
  };
}

interface Said {
  readonly by: Actor;
  readonly here: Place;
  readonly id: MessageId;
  readonly author: UserId;
  readonly reason: string | null;
}

/** Null: everywhere. */
function reachOf({ scope, channel, standing }: Place, mark: PictureMark): ScopeId | null {
  if (standing.rank === 'admin') return null;
  return channel.kind === 'mega' && mark !== 'remove' ? null : scope;
}

function saidOf(mark: PictureMark, count: number, where: Channel | null, { name }: Author): string {
  const what = count === 1 ? `The picture of ${name} is` : `${count} pictures of ${name} are`;
  const how = { safe: 'marked as safe', nsfw: 'marked as NSFW', remove: 'removed, and not taken again' }[mark];
  return `${what} ${how} ${where === null ? 'everywhere' : 'here'}.`;
}

function no(receipt: Receipt): Extract<Answer<never>, { ok: false }> {
  if (receipt.kind === 'refused') return { ok: false, code: receipt.code, say: receipt.say };
  return { ok: false, code: 'unavailable', say: 'The hub is going down; try again.' };
}

const NO_MESSAGE = refused('not-found', 'There is no such message.');
const NO_PICTURE = refused('not-found', 'There is no such picture in this message.');
const SAME_RANK = refused('forbidden', 'You cannot act on someone of the same or a higher rank.');
const PEERS = refused(
  'forbidden',
  'Somebody of the same or a higher rank has posted this picture too: ask the DJ or an admin.',
);
