import type { Clock } from '../../async/clock.ts';
import { newRowId, stepKey } from '../../async/mint.ts';
import { createSerialByKey } from '../../async/serial-by-key.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import type { ChannelSettings } from '../../domain/channel-settings.ts';
import type { ChannelId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { may } from '../../domain/permission.ts';
import { type Receipt, refused } from '../../domain/receipt.ts';
import type { LastingPictures } from '../../media/lasting-pictures.ts';
import {
  mergeChanges,
  readSettingsChange,
  readStoredSettings,
  type SettingsChange,
} from '../../moderation/settings.ts';
import { isReceipt, type Place, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import { actStep } from '../../pipeline/steps.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Step } from '../../store/ports.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';

/** What the DJ of a channel sets there. */
export interface Settings {
  /** A receipt: not for this person. */
  get(by: Actor, channel: ChannelId): ChannelSettings | Receipt;
  /** Sets what is named and leaves the rest. Once it resolves, nothing judged by what held before is stored. */
  set(by: Actor, channel: ChannelId, change: unknown): Promise<ChannelSettings | Receipt>;
  /** @param url of a picture that the hub has; null: none from now on */
  setPicture(by: Actor, channel: ChannelId, url: string | null): Promise<ChannelSettings | Receipt>;
}

export interface SettingsDeps {
  readonly facts: LiveFacts;
  readonly directory: Pick<Directory, 'change' | 'settings'>;
  readonly append: (step: Step) => Promise<void>;
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly pictures: LastingPictures;
  readonly clock: Pick<Clock, 'now'>;
}

export function createSettings({ facts, directory, append, sql, pictures, clock }: SettingsDeps): Settings {
  function standsFor(by: Actor, id: ChannelId, act: 'redact-others' | 'house-rules'): Place | Receipt {
    const here = place(facts, by, id, 'read');
    if (isReceipt(here)) return here;
    const permission = may(act, here.standing);
    return permission.ok ? here : refused(permission.code, permission.say);
  }

  async function setBefore(id: ChannelId): Promise<SettingsChange> {
    const query = sql.build.selectFrom('channel_settings').select('settings').where('channel_id', '=', id);
    const [row] = await sql.read(query.compile());
    const read = row === undefined ? null : readStoredSettings(JSON.parse(row.settings));
    return read?.ok === true ? read.value : {};
  }

  /** One after the other, since each keeps what was set before. */
  const turns = createSerialByKey<ChannelId>(MOST_WAITING);

  /** @returns false: one of the statements for its files did not find what it was for, and nothing was set */
  async function store(
    by: Actor,
    channel: Channel,
    change: SettingsChange,
    said: string,
    files: readonly Statement[] = [],
  ): Promise<boolean> {
    const now = clock.now();
    const settings = JSON.stringify(mergeChanges(await setBefore(channel.id), change));
    const row = { settings, changed_by: by.user, changed_at: now };
    const upsert = sql.build
      .insertInto('channel_settings')
      .values({ channel_id: channel.id, ...row })
      .onConflict((conflict) => conflict.column('channel_id').doUpdateSet(row));
    const scope = scopeOf(channel);
    // colour and picture stand in everybody's list of channels
    const isShown = change.accent !== undefined || change.picture !== undefined;
    const shown = isShown ? [{ kind: 'channel', channel: channel.id } as const] : [];
    const what = [{ kind: 'settings', channel: channel.id } as const, ...shown];
    const written = await directory.change({
      statements: [...files, { query: upsert.compile() }],
      scopes: [scope],
      what,
    });
    if (!written.ok) return false;
    const audit = { act: 'settings', by: by.user, target: null, message: null, channel: channel.id, until: null };
    const reason = said.slice(0, MAX_REASON);
    await append(actStep(scope, stepKey('settings', newRowId()), now, { audit: { ...audit, reason } }));
    return true;
  }

  return {
    get(by, id) {
      const here = standsFor(by, id, 'redact-others');
      return isReceipt(here) ? here : facts.settings(id);
    },
    set: (by, id, change) =>
      turns.run(id, async () => {
        const here = standsFor(by, id, 'house-rules');
        if (isReceipt(here)) return here;
        const read = readSettingsChange(change);
        if (!read.ok) return refused('bad-request', read.say);
        await store(by, here.channel, read.value, JSON.stringify(read.value));
        return directory.settings(id);
      }),
    setPicture: (by, id, url) =>
      turns.run(id, async () => {
        const here = standsFor(by, id, 'house-rules');
        if (isReceipt(here)) return here;
        const taken = url === null ? null : await pictures.lasting(url);
        if (url !== null && taken === null) return refused('bad-request', 'That is no picture that the hub has.');
        const { picture: before } = await setBefore(id);
        const files = [...(taken?.statements ?? []), ...(before ? pictures.ended(before) : [])];
        const said = taken === null ? 'picture removed' : 'picture set';
        const isSet = await store(by, here.channel, { picture: taken?.url ?? null }, said, files);
        return isSet ? directory.settings(id) : refused('bad-request', 'The hub has that picture no more.');
      }),
  };
}

const MAX_REASON = 300;
/** For one channel. */
const MOST_WAITING = 1_000;
