/** An event as the client API shows it. */
export interface SeenEvent {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  readonly state_key?: string;
  readonly content: {
    readonly body?: string;
    readonly formatted_body?: string;
    readonly msgtype?: string;
    readonly membership?: string;
    readonly displayname?: string;
    readonly avatar_url?: string;
    readonly url?: string;
    readonly filename?: string;
    readonly 'm.new_content'?: { readonly body?: string };
    readonly 'm.relates_to'?: {
      readonly rel_type?: string;
      readonly event_id?: string;
      readonly key?: string;
      readonly 'm.in_reply_to'?: { readonly event_id: string };
    };
    readonly [more: string]: unknown;
  };
  readonly unsigned?: { readonly redacted_because?: object };
}

/** A plain Matrix account, by the client API alone. */
export interface MatrixPerson {
  readonly id: string;
  /** @throws with what the homeserver said */
  ask(method: string, path: string, body?: object): Promise<Record<string, unknown>>;
  /** By alias or id. @returns the id of the room */
  join(room: string): Promise<string>;
  /** @returns the id of the event */
  send(room: string, content: object, type?: string): Promise<string>;
  say(room: string, body: string): Promise<string>;
  edit(room: string, id: string, body: string): Promise<string>;
  react(room: string, id: string, key: string): Promise<string>;
  redact(room: string, id: string): Promise<void>;
  sendImage(room: string, bytes: Buffer, name: string): Promise<string>;
  download(mxc: string): Promise<Buffer>;
  /** What was said there, oldest first, all pages; edits and reactions apart. */
  history(room: string): Promise<readonly SeenEvent[]>;
  /** Everything of a room, oldest first. */
  events(room: string): Promise<readonly SeenEvent[]>;
}

let txns = 0;

export function matrixPerson(url: string, id: string, token: string): MatrixPerson {
  const headers = { authorization: `Bearer ${token}` };
  const at = (room: string): string => `/v3/rooms/${encodeURIComponent(room)}`;

  async function ask(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const request = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const answer = await fetch(`${url}/_matrix/client${path}`, request);
    const read = (await answer.json()) as Record<string, unknown>;
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(read)}`);
    return read;
  }

  async function send(room: string, content: object, type = 'm.room.message'): Promise<string> {
    txns += 1;
    const sent = await ask('PUT', `${at(room)}/send/${type}/t${process.pid}-${txns}`, content);
    return String(sent.event_id);
  }

  async function events(room: string): Promise<readonly SeenEvent[]> {
    const found: SeenEvent[] = [];
    let from = '';
    for (let page = 0; page < 100; page += 1) {
      const answer = await ask('GET', `${at(room)}/messages?dir=b&limit=100${from === '' ? '' : `&from=${from}`}`);
      const chunk = answer.chunk as readonly SeenEvent[];
      found.push(...chunk);
      if (typeof answer.end !== 'string') break;
      from = encodeURIComponent(answer.end);
    }
    return found.toReversed();
  }

  return {
    id,
    ask,
    send,
    events,
    join: async (room) => String((await ask('POST', `/v3/join/${encodeURIComponent(room)}`, {})).room_id),
    say: (room, body) => send(room, { msgtype: 'm.text', body }),
    edit: (room, id, body) =>
      send(room, {
        msgtype: 'm.text',
        body: `* ${body}`,
        'm.new_content': { msgtype: 'm.text', body },
        'm.relates_to': { rel_type: 'm.replace', event_id: id },
      }),
    react: (room, id, key) =>
      send(room, { 'm.relates_to': { rel_type: 'm.annotation', event_id: id, key } }, 'm.reaction'),
    async redact(room, id) {
      txns += 1;
      await ask('PUT', `${at(room)}/redact/${encodeURIComponent(id)}/r${process.pid}-${txns}`, {});
    },
    async sendImage(room, bytes, name) {
      const upload = `${url}/_matrix/media/v3/upload?filename=${name}`;
      const request = {
        method: 'POST',
        headers: { ...headers, 'content-type': 'image/png' },
        body: new Uint8Array(bytes),
      };
      const { content_uri } = (await (await fetch(upload, request)).json()) as { content_uri: string };
      const info = { mimetype: 'image/png', size: bytes.length };
      return send(room, { msgtype: 'm.image', body: name, url: content_uri, info });
    },
    async download(mxc) {
      const answer = await fetch(`${url}/_matrix/client/v1/media/download/${mxc.slice('mxc://'.length)}`, { headers });
      if (!answer.ok) throw new Error(`download: ${answer.status}`);
      return Buffer.from(await answer.arrayBuffer());
    },
    history: async (room) => (await events(room)).filter(isSaid),
  };
}

function isSaid({ type, content }: SeenEvent): boolean {
  return type === 'm.room.message' && content.body !== undefined && content['m.relates_to']?.rel_type !== 'm.replace';
}

/** The text of what was said. */
export function bodyOf({ content }: SeenEvent): string {
  return content.body ?? '';
}
