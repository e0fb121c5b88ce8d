import type { RichNode } from '../../core/domain/content.ts';
import type { ChannelId, UserId } from '../../core/domain/ids.ts';

/** How ids in a text read. Each answers null for what nobody knows. */
export interface Named {
  user(id: string): { readonly name: string; readonly user: UserId | null } | null;
  role(id: string): string | null;
  channel(id: string): { readonly name: string; readonly channel: ChannelId | null } | null;
}

const ID = '\\d{15,20}';
const TAG = new RegExp(
  [
    `<@!?(?<user>${ID})>`,
    `<@&(?<role>${ID})>`,
    `<#(?<channel>${ID})>`,
    `<(?<animated>a?):(?<emoji>[A-Za-z0-9_]{1,32}):(?<emojiId>${ID})>`,
    '<t:(?<time>-?\\d{1,13})(?::(?<style>[tTdDfFR]))?>',
    `<(?<command>/[^\\s:<>][^:<>\\n]{0,99}):${ID}>`,
    '<(?<url>https?://[^\\s<>]{1,2000})>',
  ].join('|'),
  'y',
);

/** A tag in angle brackets at this place of the text; null where there is none. */
export function tagNode(
  text: string,
  at: number,
  named: Named,
): { readonly node: RichNode; readonly length: number } | null {
  TAG.lastIndex = at;
  const found = TAG.exec(text);
  const node = found?.groups === undefined ? null : nodeOf(found.groups, named);
  return found === null || node === null ? null : { node, length: found[0].length };
}

type Groups = Readonly<Record<string, string | undefined>>;

function nodeOf(groups: Groups, named: Named): RichNode | null {
  const { user, role, channel, emoji, emojiId, time, style, command, url } = groups;
  if (user !== undefined) {
    const known = named.user(user);
    return { t: 'mention', user: known?.user ?? null, name: known?.name ?? 'somebody' };
  }
  if (role !== undefined) return { t: 'mention', user: null, name: named.role(role) ?? 'a role' };
  if (channel !== undefined) return channelNode(named.channel(channel));
  if (emoji !== undefined && emojiId !== undefined) {
    return { t: 'emoji', name: emoji, url: emojiUrl(emojiId, groups.animated === 'a') };
  }
  if (time !== undefined) return { t: 'text', text: shownTime(Number(time), style ?? 'f') };
  if (command !== undefined) return { t: 'text', text: command };
  return url === undefined ? null : linkNode(url);
}

function channelNode(known: ReturnType<Named['channel']>): RichNode {
  if (known === null) return { t: 'text', text: '#a channel' };
  if (known.channel === null) return { t: 'text', text: `#${known.name}` };
  return { t: 'channel', channel: known.channel, name: known.name };
}

function linkNode(text: string): RichNode | null {
  const url = URL.parse(text);
  return url === null || url.username !== '' ? null : { t: 'link', url: url.href, children: [{ t: 'text', text }] };
}

/** Where Discord shows a custom emoji; never handed on, the hub keeps a copy. */
export function emojiUrl(id: string, isAnimated: boolean): string {
  return `https://cdn.discordapp.com/emojis/${id}.${isAnimated ? 'gif' : 'png'}?size=64`;
}

const MAX_SECONDS = 8_640_000_000_000;

/** Everybody reads it in another zone: the hub says it in one. */
function shownTime(seconds: number, style: string): string {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > MAX_SECONDS) return 'some time';
  const iso = new Date(seconds * 1_000).toISOString();
  const date = iso.slice(0, -14);
  const time = iso.slice(-13, -8);
  if (style === 't' || style === 'T') return `${time} UTC`;
  return style === 'd' || style === 'D' ? date : `${date} ${time} UTC`;
}
