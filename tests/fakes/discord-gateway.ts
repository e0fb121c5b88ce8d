import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { APP_ID, BOT_ID, GUILD_ID, type World } from './discord-world.ts';

interface Session {
  readonly id: string;
  readonly events: { readonly op: 0; readonly t: string; readonly s: number; readonly d: unknown }[];
  seq: number;
  socket: WebSocket | null;
}

/** The gateway, as far as a bot sees it: sessions that outlive their connection, with everything they missed. */
export interface Gateway {
  /** Tells every session; those without a connection hear of it when they resume. */
  dispatch(t: string, d: unknown): void;
  /** The last dispatch of this kind, told once more under its old number. */
  repeat(fits: (t: string, d: unknown) => boolean): void;
  /** Breaks the connections. @param lost whether the sessions are forgotten, so that a resume is turned down */
  drop(lost: boolean): void;
  /** Closes what connects from now on with this code; null: all are welcome. */
  refuse(code: number | null): void;
  /** Runs once, between READY and the first server of the next session. */
  afterReady(run: () => void): void;
  /** From now on a new connection is taken and told nothing. */
  mute(): void;
  connections(): number;
  /** How often a session was begun, and how often one was taken up again. */
  readonly counts: { identified: number; resumed: number };
  stop(): void;
}

export function createGateway(http: Server, world: World, rootOf: () => string): Gateway {
  const wss = new WebSocketServer({ noServer: true });
  const sessions = new Map<string, Session>();
  const counts = { identified: 0, resumed: 0 };
  let refused: number | null = null;
  let early: (() => void) | null = null;
  let isMute = false;

  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    wss.handleUpgrade(request, socket, head, (connected) => welcome(connected));
  });

  function welcome(socket: WebSocket): void {
    socket.on('error', () => socket.terminate());
    if (isMute) return;
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 41_250, _trace: [] }, s: null, t: null }));
    socket.on('message', (data) => {
      const { op, d } = JSON.parse(String(data)) as { readonly op: number; readonly d: unknown };
      if (op === 1) socket.send(JSON.stringify({ op: 11, d: null, s: null, t: null }));
      if (op === 2) identify(socket, d as { readonly token: string });
      if (op === 6) resume(socket, d as { readonly token: string; readonly session_id: string; readonly seq: number });
    });
  }

  function identify(socket: WebSocket, { token }: { readonly token: string }): void {
    const code = token !== world.token || world.isRevoked ? 4004 : refused;
    if (code !== null) {
      socket.close(code, 'refused');
      return;
    }
    counts.identified += 1;
    const session: Session = { id: `session${counts.identified}-${world.nextId()}`, events: [], seq: 0, socket };
    sessions.set(session.id, session);
    socket.on('close', () => {
      if (session.socket === socket) session.socket = null;
    });
    tell(session, 'READY', {
      v: 10,
      user: { ...world.members.get(BOT_ID)?.user, email: null, verified: true, mfa_enabled: false, flags: 0 },
      guilds: [{ id: GUILD_ID, unavailable: true }],
      session_id: session.id,
      resume_gateway_url: rootOf().replace(/^http/, 'ws'),
      application: { id: APP_ID, flags: world.flags },
      session_type: 'normal',
      private_channels: [],
      relationships: [],
      shard: [0, 1],
    });
    early?.();
    early = null;
    tell(session, 'GUILD_CREATE', world.guild());
  }

  function resume(
    socket: WebSocket,
    { token, session_id: id, seq }: { readonly token: string; readonly session_id: string; readonly seq: number },
  ): void {
    const session = token === world.token ? sessions.get(id) : undefined;
    if (session === undefined) {
      socket.send(JSON.stringify({ op: 9, d: false, s: null, t: null }));
      return;
    }
    counts.resumed += 1;
    session.socket = socket;
    socket.on('close', () => {
      if (session.socket === socket) session.socket = null;
    });
    for (const event of session.events) if (event.s > seq) socket.send(JSON.stringify(event));
    tell(session, 'RESUMED', { _trace: [] });
  }

  function tell(session: Session, t: string, d: unknown): void {
    session.seq += 1;
    const event = { op: 0, t, s: session.seq, d } as const;
    session.events.push(event);
    session.socket?.send(JSON.stringify(event));
  }

  return {
    counts,
    dispatch(t, d) {
      for (const session of sessions.values()) tell(session, t, d);
    },
    repeat(fits) {
      for (const { events, socket } of sessions.values()) {
        const event = events.findLast(({ t, d }) => fits(t, d));
        if (event !== undefined) socket?.send(JSON.stringify(event));
      }
    },
    drop(lost) {
      if (lost) sessions.clear();
      for (const socket of wss.clients) socket.terminate();
    },
    refuse(code) {
      refused = code;
    },
    afterReady(run) {
      early = run;
    },
    mute() {
      isMute = true;
    },
    connections: () => wss.clients.size,
    stop() {
      for (const socket of wss.clients) socket.terminate();
      wss.close();
    },
  };
}
