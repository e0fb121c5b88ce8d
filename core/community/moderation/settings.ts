import type { Clock } from '../../async/clock.ts';
import { newRowId, stepKey } from '../../async/mint.ts';
import { scopeOf } from '../../domain/channel.ts';
import type { ChannelSettings } from '../../domain/channel-settings.ts';
import type { ChannelId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { may } from '../../domain/permission.ts';
import { type Receipt, refused } from '../../domain/receipt.ts';
import { mergeChanges, readSettingsChange, type SettingsChange } from '../../moderation/settings.ts';
import { isReceipt, type Place, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import { actStep } from '../../pipeline/steps.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Step } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';

/** What the DJ of a channel sets there. */
export interface Settings {
  /** A receipt: not for this person. */
  get(by: Actor, channel: ChannelId): ChannelSettings | Receipt;
  /** Sets what is named and leaves the rest. Once it resolves, nothing judged by what held before is stored. */
  set(by: Actor, channel: ChannelId, change: unknown): Promise<ChannelSettings | Receipt>;
}

export interface SettingsDeps {
  readonly facts: LiveFacts;
  readonly directory: Pick<Directory, 'change' | 'settings'>;
  readonly append: (step: Step) => Promise<void>;
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly clock: Pick<Clock, 'now'>;
}

export function createSettings({ facts, directory, append, sql, clock }: SettingsDeps): Settings {
  function standsFor(by: Actor, id: ChannelId, act: 'redact-others' | 'house-rules'): Place | Receipt {
    const here = place(facts, by, id, 'read');
    if (isReceipt(here)) return here;
    const permission = may(act, here.standing);
    return permission.ok ? here : refused(permission.code, permission.say);
  }

  async function setBefore(id: ChannelId): Promise<SettingsChange> {
    const query = sql.build.selectFrom('channel_settings').select('settings').where('channel_id', '=', id);
    const [row] = await sql.read(query.compile());
    const read = row === undefined ? null : readSettingsChange(JSON.parse(row.settings));
    return read?.ok === true ? read.value : {};
  }

  return {
    get(by, id) {
      const here = standsFor(by, id, 'redact-others');
      return isReceipt(here) ? here : facts.settings(id);
    },
    async set(by, id, change) {
      const here = standsFor(by, id, 'house-rules');
      if (isReceipt(here)) return here;
      const read = readSettingsChange(change);
      if (!read.ok) return refused('bad-request', read.say);
      const now = clock.now();
      const settings = JSON.stringify(mergeChanges(await setBefore(id), read.value));
      const row = { settings, changed_by: by.user, changed_at: now };
      const upsert = sql.build
        .insertInto('channel_settings')
        .values({ channel_id: id, ...row })
        .onConflict((conflict) => conflict.column('channel_id').doUpdateSet(row));
      const scope = scopeOf(here.channel);
      // its colour stands in everybody's list of channels
      const shown = read.value.accent === undefined ? [] : [{ kind: 'channel', channel: id } as const];
      const what = [{ kind: 'settings', channel: id } as const, ...shown];
      await directory.change({ statements: [{ query: upsert.compile() }], scopes: [scope], what });
      const audit = { act: 'settings', by: by.user, target: null, message: null, channel: id, until: null };
      const reason = JSON.stringify(read.value).slice(0, MAX_REASON);
      await append(actStep(scope, stepKey('settings', newRowId()), now, { audit: { ...audit, reason } }));
      return directory.settings(id);
    },
  };
}

const MAX_REASON = 300;
