import type { Clock } from '../../async/clock.ts';
import { newRowId, stepKey } from '../../async/mint.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import type { Attachment } from '../../domain/content.ts';
import type { ChannelId, MessageId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { LibraryItem } from '../../domain/library.ts';
import type { LiveEvent, LiveEventId } from '../../domain/live-event.ts';
import { may } from '../../domain/permission.ts';
import { refused } from '../../domain/receipt.ts';
import { isReceipt, NO_CHANNEL, type Place, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import { actStep } from '../../pipeline/steps.ts';
import type { Fresh } from '../../pipeline/until-fresh.ts';
import type { LibraryDeeds, LibraryQuestions } from '../../plugin/asked/library.ts';
import type { Answer } from '../../plugin/surface.ts';
import { liveEventOf } from '../../store/directory/queries.ts';
import type { Log } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';
import { exportAsCsv, exportAsMarkdown } from './export.ts';
import { createLibraryRows, type Found, type Range } from './rows.ts';

/** Links and files that were posted, as people ask for them. */
export interface Library {
  readonly questions: Answering<LibraryQuestions>;
  readonly deeds: Answering<LibraryDeeds>;
}
type Answering<Table extends { readonly [K in keyof Table]: readonly [unknown, unknown] }> = {
  readonly [K in keyof Table]: (actor: Actor, asked: Table[K][0]) => Promise<Answer<Table[K][1]>>;
};

export interface LibraryDeps {
  readonly sql: Sql;
  readonly facts: LiveFacts;
  readonly log: Pick<Log, 'hot'>;
  readonly untilFresh: Fresh;
  /** Files as people of this channel may see them now. */
  readonly asMarked: (attachment: Attachment, channel: Channel) => Attachment | null;
  /** Origin under which everybody reaches the hub; null where nobody outside does. */
  readonly publicUrl: string | null;
  readonly clock: Pick<Clock, 'now'>;
}

/** Items of an export: more than an evening has. */
const MOST_EXPORTED = 5_000;
const PAGE = 100;

interface Shelf {
  readonly channel: Channel;
  readonly range: Range;
  readonly title: string;
}

export function createLibrary(deps: LibraryDeps): Library {
  const { sql, facts, clock } = deps;
  const rows = createLibraryRows(sql);

  async function eventOf(id: LiveEventId): Promise<LiveEvent | null> {
    const [row] = await sql.read(sql.build.selectFrom('live_events').selectAll().where('id', '=', id).compile());
    return row === undefined ? null : liveEventOf(row);
  }

  async function shelfOf(actor: Actor, { channel, event: id }: Of): Promise<Shelf | Refused> {
    if ((channel === null) === (id === null)) return no(ONE_OF_TWO);
    const event = id === null ? null : await eventOf(id);
    const where = event?.channel ?? channel;
    const here = where === null ? NO_CHANNEL : place(facts, actor, where, 'read');
    if (isReceipt(here)) return no(id === null ? NO_CHANNEL : NO_EVENT);
    const range = { channel: here.channel.id, ...timeOf(event) };
    return { channel: here.channel, range, title: event?.title ?? here.channel.name };
  }

  /** What the log knows and the archive does not yet: whose message is gone or hidden is not shown. */
  async function standing(channel: Channel, found: readonly Found[]): Promise<readonly LibraryItem[]> {
    const hot = await deps.log.hot(
      scopeOf(channel),
      found.map(({ last }) => last.message),
    );
    const isGone = (id: MessageId): boolean => hot.get(id)?.redaction != null || hot.get(id)?.head.isRedacted === true;
    return found
      .filter(({ last }) => !isGone(last.message))
      .flatMap((item) => {
        if (item.attachment === null) return [item];
        const attachment = deps.asMarked(item.attachment, channel);
        return attachment === null ? [] : [{ ...item, attachment }];
      });
  }

  async function whole({ channel, range }: Shelf): Promise<readonly LibraryItem[]> {
    const items: LibraryItem[] = [];
    let before: string | null = null;
    do {
      const page = await rows.page(range, { kind: null, text: null, before, limit: PAGE });
      items.push(...(await standing(channel, page.items)));
      before = page.next;
    } while (before !== null && items.length < MOST_EXPORTED);
    return items.slice(0, MOST_EXPORTED).reverse();
  }

  function moderated(actor: Actor, channel: ChannelId): Place | Exclude<Place | typeof NO_CHANNEL, Place> {
    const here = place(facts, actor, channel, 'read');
    if (isReceipt(here)) return here;
    const permission = may('redact-others', here.standing);
    return permission.ok ? here : refused(permission.code, permission.say);
  }

  const questions: Library['questions'] = {
    async library(actor, { channel, event, ...query }) {
      const shelf = await shelfOf(actor, { channel, event });
      if (isRefused(shelf)) return shelf;
      const { items, next } = await rows.page(shelf.range, query);
      return { ok: true, value: { items: await standing(shelf.channel, items), next } };
    },

    async 'library-export'(actor, { channel, event, format }) {
      const shelf = await shelfOf(actor, { channel, event });
      if (isRefused(shelf)) return shelf;
      const items = await whole(shelf);
      const { title, channel: of } = shelf;
      const text =
        format === 'csv' ? exportAsCsv(items, deps.publicUrl) : exportAsMarkdown(title, items, deps.publicUrl);
      const name = `library-${event ?? of.id}.${format === 'csv' ? 'csv' : 'md'}`;
      return { ok: true, value: { name, mediaType: `text/${format}; charset=utf-8`, text } };
    },
  };

  const deeds: Library['deeds'] = {
    async 'remove-from-library'(actor, { channel, item }) {
      const first = moderated(actor, channel);
      if (isReceipt(first)) return no(first);
      const message = await rows.newest(channel, item);
      if (message === null) return no(NO_ITEM);
      const audit = { act: 'library-remove', by: actor.user, target: message.author, message: message.id, channel };
      const receipt = await deps.untilFresh(first.scope, (rev) => {
        const here = moderated(actor, channel);
        if (isReceipt(here)) return here;
        const ledger = { audit: { ...audit, until: null, reason: null } };
        return { ...actStep(here.scope, stepKey('library-remove', newRowId()), clock.now(), ledger), ifRev: rev };
      });
      if (receipt.kind === 'refused' || receipt.kind === 'stopping') return no(receipt);
      await rows.takeOut(channel, item, actor.user, clock.now());
      return { ok: true, value: {} };
    },
  };

  return { questions, deeds };
}

type Of = Pick<LibraryQuestions['library'][0], 'channel' | 'event'>;
type Refused = Extract<Answer<never>, { ok: false }>;

/** An ad hoc event uses the channel of its DJ; one that was planned has its channel for itself. */
function timeOf(event: LiveEvent | null): Pick<Range, 'from' | 'until'> {
  if (event === null || event.kind === 'scheduled') return { from: null, until: null };
  return { from: event.startsAt, until: event.state === 'archived' ? event.since : null };
}

function isRefused(value: Shelf | Refused): value is Refused {
  return 'ok' in value;
}

function no(receipt: Extract<typeof NO_CHANNEL, { kind: 'refused' | 'stopping' }> | typeof NO_CHANNEL): Refused {
  if (receipt.kind === 'refused') return { ok: false, code: receipt.code, say: receipt.say };
  return { ok: false, code: 'unavailable', say: 'The hub is going down; try again.' };
}

const ONE_OF_TWO = refused('bad-request', 'channel: name a channel or an event, not both.');
const NO_EVENT = refused('not-found', 'There is no such event.');
const NO_ITEM = refused('not-found', 'There is no such link or file in the library.');
