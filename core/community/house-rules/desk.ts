import type { Clock } from '../../async/clock.ts';
import { newRowId, stepKey } from '../../async/mint.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import { type HouseRules, MAX_RULES_UTF16 } from '../../domain/house-rules.ts';
import type { ChannelId, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { may } from '../../domain/permission.ts';
import { type Receipt, refused } from '../../domain/receipt.ts';
import { isJudged } from '../../moderation/policy.ts';
import { isReceipt, NO_CHANNEL, type Place, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import { noticeStep } from '../../pipeline/steps.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Step } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { Waiting } from './waiting.ts';

/** The rules of a channel as one person finds them. */
export interface ShownRules {
  /** Null: there are none. */
  readonly rules: Pick<HouseRules, 'version' | 'text' | 'setAt'> | null;
  readonly isAccepted: boolean;
  /** What they post here waits until they have accepted. */
  readonly mustAccept: boolean;
}
/** `released`: what had waited for it and is posted now. */
export interface Accepted {
  readonly isNew: boolean;
  readonly released: number;
}

export interface HouseRulesDesk {
  get(by: Actor, channel: ChannelId): Promise<ShownRules | Receipt>;
  /** An empty text: there are none any more. A new text asks everybody again. */
  set(by: Actor, channel: ChannelId, text: string): Promise<{ readonly version: number } | Receipt>;
  /** @param version that they have read; null: the one that holds now */
  accept(by: Actor, channel: ChannelId, version: number | null): Promise<Accepted | Receipt>;
  /** All that they were shown by themselves and have not accepted. Null: there is nothing. */
  acceptTold(by: Actor): Promise<Accepted | null>;
  /** The rules that they were shown by themselves and have not accepted. */
  told(by: Actor): Promise<readonly HouseRules[]>;
}

export interface DeskDeps {
  readonly facts: LiveFacts;
  readonly directory: Pick<Directory, 'change' | 'channel' | 'houseRules'>;
  readonly waiting: Waiting;
  readonly append: (step: Step) => Promise<void>;
  readonly sql: Pick<Sql, 'build'>;
  readonly clock: Pick<Clock, 'now'>;
}

export function createHouseRulesDesk(deps: DeskDeps): HouseRulesDesk {
  const { facts, directory, waiting, append, sql, clock } = deps;
  const book = directory.houseRules;

  async function hasAccepted(user: UserId, rules: HouseRules): Promise<boolean> {
    const users = facts.sameAs(user);
    await book.know(users);
    return book.isAccepted(users, rules);
  }

  async function acceptFor({ user }: Actor, rules: HouseRules): Promise<Accepted> {
    const isNew = !(await hasAccepted(user, rules));
    const home = directory.channel(rules.channel);
    if (isNew && home !== null) await write(user, rules, home);
    return { isNew, released: await waiting.release(rules.channel, facts.sameAs(user)) };
  }

  /** Nothing that was judged before it is stored after it resolves: all that waits is known then. */
  async function write(user: UserId, { channel, version }: HouseRules, home: Channel): Promise<void> {
    const now = clock.now();
    const row = { user_id: user, channel_id: channel, told_version: version, accepted_version: version };
    const upsert = sql.build
      .insertInto('house_rule_people')
      .values({ ...row, told_at: now, accepted_at: now })
      .onConflict((conflict) =>
        conflict
          .columns(['user_id', 'channel_id'])
          .doUpdateSet({ told_version: version, accepted_version: version, accepted_at: now })
          .where('house_rule_people.accepted_version', '<', version),
      );
    await directory.change({
      statements: [{ query: upsert.compile() }],
      scopes: [scopeOf(home)],
      what: [{ kind: 'rules-accepted', user }],
    });
  }

  return {
    async get(by, id) {
      const here = place(facts, by, id, 'read');
      if (isReceipt(here)) return here;
      const rules = book.of(here.channel);
      if (rules === null) return { rules: null, isAccepted: false, mustAccept: false };
      const isAccepted = await hasAccepted(by.user, rules);
      const isAsked = isJudged(here.standing.rank) && !by.isBot;
      const mustAccept = isAsked && !isAccepted && facts.settings(rules.channel).acceptance !== 'off';
      const { version, text, setAt } = rules;
      return { rules: { version, text, setAt }, isAccepted, mustAccept };
    },

    async set(by, id, input) {
      const here = standsFor(facts, by, id);
      if (isReceipt(here)) return here;
      const text = cleanText(input);
      if (text.length > MAX_RULES_UTF16) return refused('bad-request', `text: at most ${MAX_RULES_UTF16} characters.`);
      const before = book.of(here.channel);
      const isOwn = before?.channel === id;
      if ((isOwn ? before.text : '') === text) return { version: book.newest(id) };
      const rules = { channel: id, version: book.newest(id) + 1, text, setAt: clock.now() };
      const { version, setAt } = rules;
      const insert = sql.build
        .insertInto('house_rules')
        .values({ channel_id: id, version, text, set_by: by.user, set_at: setAt })
        .onConflict((conflict) => conflict.doNothing());
      const written = await directory.change({
        statements: [{ query: insert.compile(), expect: 1 }],
        scopes: [scopeOf(here.channel)],
        what: [{ kind: 'house-rules', channel: id }],
      });
      if (!written.ok) return CHANGED;
      await append(toldStep(here.channel, by.user, rules));
      await waiting.release(id, null);
      return { version };
    },

    async accept(by, id, version) {
      const here = place(facts, by, id, 'read');
      if (isReceipt(here)) return here;
      if (by.isGuest && !here.standing.guestsMayPost) return SIGN_IN;
      const rules = book.of(here.channel);
      if (rules === null) return NO_RULES;
      if (version !== null && version !== rules.version) return CHANGED;
      return acceptFor(by, rules);
    },

    async told(by) {
      const users = facts.sameAs(by.user);
      await book.know(users);
      return book.waitingFor(users);
    },

    async acceptTold(by) {
      const users = facts.sameAs(by.user);
      await book.know(users);
      const all = await Promise.all(book.waitingFor(users).map((rules) => acceptFor(by, rules)));
      if (all.length === 0) return null;
      return { isNew: true, released: all.reduce((sum, { released }) => sum + released, 0) };
    },
  };
}

function standsFor(facts: LiveFacts, by: Actor, id: ChannelId): Place | Receipt {
  const here = place(facts, by, id, 'read');
  if (isReceipt(here)) return here;
  if (here.channel.kind === 'direct') return NO_CHANNEL;
  const permission = may('house-rules', here.standing);
  return permission.ok ? here : refused(permission.code, permission.say);
}

/** Readers are told, and it is written down. */
function toldStep(channel: Channel, by: UserId, { version, text, setAt }: HouseRules): Step {
  const say = text === '' ? 'This chat has no rules any more.' : 'This chat has new rules: /rules shows them.';
  const audit = { act: 'house-rules', by, target: null, message: null, channel: channel.id, until: null };
  const step = noticeStep(channel, 'house-rules', say, stepKey('house-rules', channel.id, newRowId()), setAt);
  return { ...step, note: { audit: { ...audit, reason: `version ${version}` } } };
}

/** Controls and the marks that turn the direction of text around go; lines stay. */
function cleanText(text: string): string {
  return text
    .replace(/\r\n?/gu, '\n')
    .replace(/[[\p{Cc}--[\t\n]]\u202a-\u202e\u2066-\u2069]/gv, '')
    .trim();
}

export const NO_RULES = refused('not-found', 'This chat has no rules.');
const CHANGED = refused('edited', 'The rules have changed meanwhile; read them again.');
const SIGN_IN = refused('sign-in', 'Sign in to do that.');
