import { createHash } from 'node:crypto';
import type { RoomId } from '../../core/domain/ids.ts';
import type { RemoteRef } from '../../core/domain/message.ts';
import {
  BridgeError,
  type Choice,
  type Direct,
  type Edit,
  type Redact,
  type Respond,
} from '../../core/plugin/index.ts';
import { encodeRich } from './encode.ts';
import { bridgeError, hasCode, UNKNOWN_MESSAGE } from './failures.ts';
import { answerRoute, BUTTON } from './interactions.ts';
import { posted } from './packets.ts';
import { encodeNote, NO_MENTIONS } from './posts.ts';
import type { Session } from './session.ts';

/** Five rows of five. */
export const MAX_CHOICES = 25;
const ROW = 5;
const MAX_LABEL = 80;
const MAX_ID = 100;
const EPHEMERAL = 64;

/** To one person alone. Fails for good when that person takes no messages from the bot. */
export async function direct({ api }: Session, command: Direct, signal: AbortSignal): Promise<RemoteRef> {
  try {
    const body = { recipient_id: command.to };
    const channel = posted.parse(await api.ask('post', '/users/@me/channels', { body, signal })).id;
    const who =
      command.speaker.kind === 'user'
        ? `${encodeRich([{ t: 'bold', children: [{ t: 'text', text: command.speaker.name }] }])}: `
        : '';
    const nonce = createHash('sha256').update(command.key).digest('base64url').slice(0, 24);
    const answer = await api.ask('post', `/channels/${channel}/messages`, {
      body: { ...said(`${who}${encodeRich(command.text)}`, command.choices), nonce, enforce_nonce: true },
      signal,
    });
    return { room: channel as RoomId, id: posted.parse(answer).id, note: encodeNote({ webhook: null, replyTo: null }) };
  } catch (error) {
    throw bridgeError('write to a person', error);
  }
}

/** Of what was written to one person alone. What is gone already stays so. */
export async function editDirect({ api }: Session, { ref, text }: Edit, signal: AbortSignal): Promise<RemoteRef> {
  try {
    const { content, allowed_mentions } = said(encodeRich(text), []);
    await api.ask('patch', `/channels/${ref.room}/messages/${ref.id}`, { body: { content, allowed_mentions }, signal });
    return ref;
  } catch (error) {
    if (hasCode(error, UNKNOWN_MESSAGE)) return ref;
    throw bridgeError('edit what was written to a person', error);
  }
}

export async function redactDirect({ api }: Session, { refs }: Redact, signal: AbortSignal): Promise<undefined> {
  for (const { room, id } of refs) {
    try {
      await api.ask('delete', `/channels/${room}/messages/${id}`, { signal });
    } catch (error) {
      if (!hasCode(error, UNKNOWN_MESSAGE)) throw bridgeError('remove what was written to a person', error);
    }
  }
  return undefined;
}

/** Answers a command or a button: to the one who gave it alone, or in the room. */
export async function respond({ api }: Session, command: Respond, signal: AbortSignal): Promise<undefined> {
  const route = answerRoute(command.ticket);
  if (route === null)
    throw new BridgeError('discord, answer: no such question', { kind: 'permanent', scope: 'command' });
  const body = said(encodeRich(command.text), command.choices);
  try {
    if (command.isPrivate) {
      await api.ask('patch', `${route}/messages/@original`, { body, auth: false, signal });
      return undefined;
    }
    // What was begun for one person alone stays so: it gives way to a message of its own.
    await api.ask('delete', `${route}/messages/@original`, { auth: false, signal });
    await api.ask('post', route, { body, auth: false, signal });
    return undefined;
  } catch (error) {
    throw bridgeError('answer', error);
  }
}

/** Says within the three seconds that Discord waits that an answer will come, for the asker's eyes. */
export async function acknowledge({ api }: Pick<Session, 'api'>, id: string, token: string): Promise<void> {
  const body = { type: 5, data: { flags: EPHEMERAL } };
  await api.ask('post', `/interactions/${id}/${token}/callback`, { body, auth: false });
}

function said(content: string, choices: readonly Choice[]) {
  const components = rowsOf(choices);
  return {
    content: content.slice(0, 2_000),
    allowed_mentions: NO_MENTIONS,
    ...(components.length > 0 && { components }),
  };
}

function rowsOf(choices: readonly Choice[]): readonly object[] {
  const buttons = choices
    .slice(0, MAX_CHOICES)
    .filter(({ id }) => BUTTON.length + id.length <= MAX_ID)
    .map(({ id, label }) => ({
      type: 2,
      style: 2,
      label: label.slice(0, MAX_LABEL) || '?',
      custom_id: `${BUTTON}${id}`,
    }));
  const rows: object[] = [];
  for (let at = 0; at < buttons.length; at += ROW) rows.push({ type: 1, components: buttons.slice(at, at + ROW) });
  return rows;
}
