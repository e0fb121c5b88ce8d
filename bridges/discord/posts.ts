import { createHash } from 'node:crypto';
import type { RawFile } from 'discord.js';
import type { Rich } from '../../core/domain/content.ts';
import type { EpochMs } from '../../core/domain/ids.ts';
import type { RemoteRef } from '../../core/domain/message.ts';
import { BridgeError, type Edit, type MediaRef, type Post, type Speaker } from '../../core/plugin/index.ts';
import { encodeRich, MAX_CONTENT } from './encode.ts';
import { bridgeError, hasCode, isNameRefused, isWebhookLost, UNKNOWN_MESSAGE } from './failures.ts';
import { uploadsOf } from './media.ts';
import { webhookUsername } from './names.ts';
import { type ApiMessage, messageList, posted } from './packets.ts';
import { idBefore } from './people.ts';
import { MAX_REQUEST_BYTES, type Place } from './place.ts';
import { replyLine } from './reply-line.ts';
import { inTurn, placeFor, type Session } from './session.ts';
import type { Webhook } from './webhooks.ts';

/** On posts and on edits alike: an edit is read for mentions again. */
export const NO_MENTIONS = { parse: [] } as const;
/** What clocks may differ by. */
const SKEW_MS = 10_000;
const MAX_PAGES = 5;
const PAGE = 100;

/** A post as Discord takes it, before it is decided who sends it. */
interface Draft {
  readonly content: string;
  readonly username: string | null;
  readonly avatarUrl: string | null;
  readonly files: readonly RawFile[];
  readonly alts: readonly (string | null)[];
}

/** @returns the ref of the post, with the credential that can change it in its note */
export function post(session: Session, command: Post, signal: AbortSignal): Promise<readonly RemoteRef[]> {
  return inTurn(session, command.room, signal, async () => {
    try {
      const place = placeFor(session, command.room);
      const draft = await draftOf(session, place, command, signal);
      const sent = place.rights.has('webhooks')
        ? await byWebhook(session, place, draft, signal)
        : { id: await byBot(session, place, draft, command, signal), webhook: null };
      session.confirmed.set(sent.id, command.key);
      return [
        {
          room: command.room,
          id: sent.id,
          note: encodeNote({ webhook: sent.webhook, replyTo: command.replyTo?.id ?? null }),
        },
      ];
    } catch (error) {
      throw bridgeError('post', error);
    }
  });
}

/** In place, with what the message answers still above it. What is gone already stays so. */
export function edit(session: Session, { ref, text, media }: Edit, signal: AbortSignal): Promise<RemoteRef> {
  return inTurn(session, ref.room, signal, async () => {
    try {
      const place = placeFor(session, ref.room);
      const note = decodeNote(ref.note);
      const { uploads, said } = await withFiles(session, place, text, media ?? []);
      const content = await contentOf(session, place, said, note.webhook === null ? null : note.replyTo, signal);
      const files = uploads.map(({ name, contentType, data }) => ({ name, contentType, data }));
      // those that are not named are taken off
      const attachments = media === undefined ? {} : { attachments: attachmentsOf(files, uploads) };
      const body = { content, allowed_mentions: NO_MENTIONS, ...attachments };
      if (note.webhook === null) {
        await session.api.ask('patch', `/channels/${ref.room}/messages/${ref.id}`, { body, files, signal });
      } else {
        const webhook = await ownWebhook(session, place, note.webhook);
        const route = `/webhooks/${webhook.id}/${webhook.token}/messages/${ref.id}` as const;
        await session.api.ask('patch', route, { body, files, auth: false, signal, ...inThread(place) });
      }
      return ref;
    } catch (error) {
      if (hasCode(error, UNKNOWN_MESSAGE)) return ref;
      throw isWebhookLost(error) ? lostCredential() : bridgeError('edit', error);
    }
  });
}

/** Looks for a post of these words under this name, not older than the message and not known to be another one. */
export async function find(session: Session, command: Post, signal: AbortSignal): Promise<readonly RemoteRef[] | null> {
  try {
    const place = placeFor(session, command.room);
    const draft = await draftOf(session, place, { ...command, media: [] }, signal);
    const webhook = place.rights.has('webhooks') ? await session.webhooks.of(place.channel, signal) : null;
    let after = idBefore((command.sentAt - SKEW_MS) as EpochMs);
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const query = new URLSearchParams({ after, limit: String(PAGE) });
      const listed = messageList.parse(
        await session.api.ask('get', `/channels/${command.room}/messages`, { query, signal }),
      );
      const found = listed.toReversed().find((one) => isIt(session, one, draft, webhook, command));
      if (found !== undefined) {
        const note = encodeNote({ webhook: webhook?.id ?? null, replyTo: command.replyTo?.id ?? null });
        return [{ room: command.room, id: found.id, note }];
      }
      const [newest] = listed;
      if (newest === undefined || listed.length < PAGE) return null;
      after = newest.id;
    }
    return null;
  } catch (error) {
    throw bridgeError('look for a post', error);
  }
}

function isIt(
  { knowledge, confirmed }: Session,
  message: ApiMessage,
  draft: Draft,
  webhook: Webhook | null,
  { key, media }: Post,
): boolean {
  if ((confirmed.get(message.id) ?? key) !== key) return false;
  if (webhook === null && (message.author?.id !== knowledge.botId || message.webhook_id != null)) return false;
  if (webhook !== null && message.webhook_id !== webhook.id) return false;
  if (webhook !== null && draft.username !== null && message.author?.username !== draft.username) return false;
  const said = (message.content ?? '').trim();
  // Files that could not be had are named behind the text.
  return media.length > 0 ? said.startsWith(draft.content.trim()) : said === draft.content.trim();
}

async function draftOf(session: Session, place: Place, command: Post, signal: AbortSignal): Promise<Draft> {
  const { speaker, text, media, replyTo } = command;
  const { uploads, said } = await withFiles(session, place, text, media);
  // As the bot, Discord's own answers are to be had.
  const quoted = place.rights.has('webhooks') ? (replyTo?.id ?? null) : null;
  return {
    content: await contentOf(session, place, said, quoted, signal),
    ...shownAs(speaker),
    files: uploads.map(({ name, contentType, data }) => ({ name, contentType, data })),
    alts: uploads.map(({ alt }) => alt),
  };
}

/** The files to send along; the text names those that cannot be. */
async function withFiles({ hub }: Session, place: Place, text: Rich, media: readonly MediaRef[]) {
  const limits = { fileBytes: place.maxFileBytes, requestBytes: MAX_REQUEST_BYTES };
  const { uploads, left } = await uploadsOf(media, hub.media, limits);
  const said: Rich = [...text, ...left.flatMap((one, index) => nameOf(one, index > 0 || text.length > 0))];
  return { uploads, said };
}

function attachmentsOf(
  files: readonly { readonly name: string }[],
  described: readonly { readonly alt: string | null }[],
): readonly object[] {
  return files.map(({ name }, id) => {
    const alt = described[id]?.alt ?? null;
    return { id, filename: name, ...(alt !== null && alt !== '' && { description: alt.slice(0, 1_024) }) };
  });
}

function nameOf({ name, publicUrl }: MediaRef, isAfterText: boolean): Rich {
  const lead = { t: 'text', text: `${isAfterText ? '\n' : ''}${name}` } as const;
  if (publicUrl === null) return [lead];
  return [
    { ...lead, text: `${lead.text}: ` },
    { t: 'link', url: publicUrl, children: [{ t: 'text', text: publicUrl }] },
  ];
}

function shownAs(speaker: Speaker): { readonly username: string | null; readonly avatarUrl: string | null } {
  if (speaker.kind === 'hub') return { username: null, avatarUrl: null };
  return { username: webhookUsername(speaker.name), avatarUrl: speaker.avatarUrl };
}

async function contentOf(
  session: Session,
  { guild, ...place }: Place,
  text: Rich,
  replyTo: string | null,
  signal: AbortSignal,
): Promise<string> {
  const line = replyTo === null ? '' : await replyLine(session, { guild, ...place }, replyTo, signal);
  const emojiOf = (name: string): string | null => session.knowledge.emoji(guild, name)?.written ?? null;
  const full = encodeRich(text, emojiOf);
  // What is said matters more than what it answers.
  return line.length + full.length <= MAX_CONTENT ? line + full : full;
}

async function byWebhook(
  session: Session,
  place: Place,
  draft: Draft,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly webhook: string }> {
  const webhook = await session.webhooks.of(place.channel, signal);
  try {
    return { id: await execute(session, place, webhook, draft, signal), webhook: webhook.id };
  } catch (error) {
    if (isWebhookLost(error)) {
      await session.webhooks.forget(place.channel);
      const other = await session.webhooks.of(place.channel, signal);
      return { id: await execute(session, place, other, draft, signal), webhook: other.id };
    }
    if (draft.username === null || !isNameRefused(error)) throw error;
    const name = encodeRich([{ t: 'bold', children: [{ t: 'text', text: draft.username }] }]);
    const content = `${name}: ${draft.content}`.slice(0, MAX_CONTENT);
    const unnamed = { ...draft, username: null, content };
    return { id: await execute(session, place, webhook, unnamed, signal), webhook: webhook.id };
  }
}

async function execute(
  { api }: Session,
  place: Place,
  { id, token }: Webhook,
  draft: Draft,
  signal: AbortSignal,
): Promise<string> {
  const body = {
    ...bodyOf(draft),
    ...(draft.username !== null && { username: draft.username }),
    ...(draft.avatarUrl !== null && { avatar_url: draft.avatarUrl }),
  };
  const query = new URLSearchParams({ wait: 'true', ...(place.thread !== null && { thread_id: place.thread }) });
  const files = [...draft.files];
  const answer = await api.ask('post', `/webhooks/${id}/${token}`, { body, query, auth: false, signal, files });
  return posted.parse(answer).id;
}

async function byBot(
  { api }: Session,
  place: Place,
  draft: Draft,
  command: Post,
  signal: AbortSignal,
): Promise<string> {
  const reference = command.replyTo && {
    message_reference: { message_id: command.replyTo.id, fail_if_not_exists: false },
  };
  const nonce = createHash('sha256').update(command.key).digest('base64url').slice(0, 24);
  const body = { ...bodyOf(draft), ...reference, nonce, enforce_nonce: true };
  const files = [...draft.files];
  return posted.parse(await api.ask('post', `/channels/${place.id}/messages`, { body, signal, files })).id;
}

function bodyOf({ content, files, alts }: Draft): object {
  const attachments = attachmentsOf(
    files,
    alts.map((alt) => ({ alt })),
  );
  return {
    content,
    allowed_mentions: { ...NO_MENTIONS, replied_user: false },
    ...(files.length > 0 && { attachments }),
  };
}

/** The one that this copy was sent with. @throws {BridgeError} when it is gone: no other can change the copy */
async function ownWebhook({ webhooks }: Session, place: Place, id: string): Promise<Webhook> {
  const webhook = await webhooks.byId(place.channel, id);
  if (webhook === null) throw lostCredential();
  return webhook;
}

export function lostCredential(): BridgeError {
  return new BridgeError('discord: the webhook that posted it is gone', { kind: 'permanent', scope: 'command' });
}

/** Messages in a thread are the parent's, told apart by the thread. */
export function inThread({ thread }: Place): { readonly query?: URLSearchParams } {
  return thread === null ? {} : { query: new URLSearchParams({ thread_id: thread }) };
}

/** What the bridge has to know again of a copy: the webhook that can change it (null: the bot) and what it answers. */
export interface Note {
  readonly webhook: string | null;
  readonly replyTo: string | null;
}

export function encodeNote({ webhook, replyTo }: Note): string {
  const by = webhook === null ? 'bot' : `webhook ${webhook}`;
  return replyTo === null ? by : `${by} to ${replyTo}`;
}

export function decodeNote(note: string | undefined): Note {
  const found = /^(?:bot|webhook (\d+))(?: to (\d+))?$/.exec(note ?? '');
  return { webhook: found?.[1] ?? null, replyTo: found?.[2] ?? null };
}
