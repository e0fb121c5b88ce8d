/** An event of a small homeserver. */
export interface FakeEvent {
  readonly event_id: string;
  readonly room_id: string;
  readonly sender: string;
  readonly type: string;
  readonly state_key?: string;
  content: Record<string, unknown>;
  readonly origin_server_ts: number;
  readonly redacts?: string;
  readonly unsigned?: { readonly prev_content?: object };
  isRedacted: boolean;
}

export interface FakeRoom {
  readonly id: string;
  readonly events: FakeEvent[];
  /** By type and state key. */
  readonly state: Map<string, FakeEvent>;
}

/** Rooms, people and files of a small homeserver, without the wire. */
export interface MatrixWorldDouble {
  readonly rooms: Map<string, FakeRoom>;
  readonly profiles: Map<string, { displayname?: string; avatar_url?: string }>;
  readonly files: Map<string, { readonly name: string; readonly bytes: Buffer; readonly type: string }>;
  room(id: string): FakeRoom;
  /** Adds an event and tells of it. */
  add(event: NewEvent): FakeEvent;
  event(room: string, id: string): FakeEvent | null;
  membership(room: string, user: string): string | null;
  setMember(room: string, user: string, membership: string, by?: string, more?: object): FakeEvent;
  stateOf(room: string, type: string, key?: string): Record<string, unknown> | null;
  redact(room: string, id: string, by: string): FakeEvent;
  keepFile(name: string, bytes: Buffer, type: string): string;
  onEvent: (event: FakeEvent) => void;
}

export interface NewEvent {
  readonly room: string;
  readonly sender: string;
  readonly type: string;
  readonly content: Record<string, unknown>;
  readonly stateKey?: string;
  readonly at?: number;
  readonly redacts?: string;
}

export const DOMAIN = 'double.test';

export function createMatrixWorld(): MatrixWorldDouble {
  let count = 0;
  const next = (prefix: string): string => {
    count += 1;
    return `${prefix}${count}`;
  };
  const key = (type: string, state: string): string => `${type} ${state}`;

  const world: MatrixWorldDouble = {
    rooms: new Map(),
    profiles: new Map(),
    files: new Map(),
    onEvent: () => {},
    room(id) {
      const room = world.rooms.get(id) ?? { id, events: [], state: new Map() };
      world.rooms.set(id, room);
      return room;
    },
    add({ room: id, sender, type, content, stateKey, at, redacts }) {
      const room = world.room(id);
      const before = stateKey === undefined ? undefined : room.state.get(key(type, stateKey));
      const event: FakeEvent = {
        event_id: next('$event-'),
        room_id: id,
        sender,
        type,
        content,
        origin_server_ts: at ?? Date.now(),
        isRedacted: false,
        ...(stateKey !== undefined && { state_key: stateKey }),
        ...(redacts !== undefined && { redacts }),
        ...(before !== undefined && { unsigned: { prev_content: before.content } }),
      };
      room.events.push(event);
      if (stateKey !== undefined) room.state.set(key(type, stateKey), event);
      world.onEvent(event);
      return event;
    },
    event: (room, id) => world.room(room).events.find(({ event_id }) => event_id === id) ?? null,
    membership: (room, user) => (world.stateOf(room, 'm.room.member', user)?.membership as string | undefined) ?? null,
    setMember(room, user, membership, by = user, more = {}) {
      const profile = world.profiles.get(user) ?? {};
      const content = { membership, ...(membership === 'join' && profile), ...more };
      return world.add({ room, sender: by, type: 'm.room.member', content, stateKey: user });
    },
    stateOf: (room, type, state = '') => world.room(room).state.get(key(type, state))?.content ?? null,
    redact(room, id, by) {
      const event = world.event(room, id);
      if (event !== null) {
        event.isRedacted = true;
        event.content = {};
      }
      return world.add({ room, sender: by, type: 'm.room.redaction', content: { redacts: id }, redacts: id });
    },
    keepFile(name, bytes, type) {
      const id = next('file');
      world.files.set(id, { name, bytes, type });
      return `mxc://${DOMAIN}/${id}`;
    },
  };
  return world;
}
