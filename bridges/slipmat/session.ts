import type { SurfacePort, Verified } from '../../core/plugin/surface.ts';
import type { Connection } from './connection.ts';
import { type Decoded, decodeHello, decodeRequest } from './decode.ts';
import { CLOSE, HEARTBEAT_MS, MAX_FRAME_BYTES, MAX_POST_UTF16, PROTOCOL_VERSION } from './limits.ts';
import type { ParsedRequest } from './protocol.ts';
import type { Requests } from './requests.ts';
import { sayError } from './say.ts';

/** A frame that cannot be read costs as much as this many good ones. */
const BAD_FRAME_COST = 10;
/** Requests of one connection in work; above it the hub stops reading from it. */
const MAX_OPEN = 64;
/** Frames kept while the token of a connection is looked at. */
const MAX_EARLY = 64;

/** What a connection says, from its first frame on. */
export interface Sessions {
  /** A text or binary message as it came. */
  take(connection: Connection, data: Buffer, isBinary: boolean): void;
  /** Takes no more requests; resolves when those in work are answered. */
  drain(): Promise<void>;
}

export function createSessions(port: SurfacePort, requests: Requests): Sessions {
  const inWork = new Set<Promise<void>>();
  let isStopping = false;

  function take(connection: Connection, data: Buffer, isBinary: boolean): void {
    connection.isAlive = true;
    if (connection.phase === 'closing' || isStopping || !hasBudget(connection)) return;
    if (isBinary) {
      connection.end(CLOSE.unsupported, 'Text frames only.');
      return;
    }
    const text = data.toString('utf8');
    switch (connection.phase) {
      case 'new':
        hello(connection, text);
        return;
      case 'verifying':
        if (connection.early.length < MAX_EARLY) connection.early.push(text);
        else connection.end(CLOSE.flood, 'Wait for the welcome.');
        return;
      case 'open':
        request(connection, text);
    }
  }

  function hasBudget(connection: Connection): boolean {
    switch (connection.budget.take(1, port.clock.elapsed())) {
      case 'ok':
        return true;
      case 'told': {
        const retryAfterMs = connection.budget.retryAfterMs();
        sayError(
          connection,
          null,
          'rate-limited',
          'Too many frames; this one and more are not read.',
          null,
          retryAfterMs,
        );
        return false;
      }
      case 'refused':
        return false;
      case 'flood':
        connection.end(CLOSE.flood, 'Too many frames.');
        return false;
    }
  }

  function hello(connection: Connection, text: string): void {
    const decoded = decodeHello(text);
    if (!decoded.ok) {
      sayBad(connection, decoded);
      connection.end(CLOSE.unauthorized, 'The first frame must be a hello.');
      return;
    }
    connection.phase = 'verifying';
    const { token, packed } = decoded.value;
    connection.takesPacked = packed ?? false;
    track(
      port.verify(token).then(
        (verified) => enter(connection, token, verified),
        (error: unknown) => {
          port.log.error({ err: error }, 'token could not be looked at');
          sayError(connection, null, 'unavailable', 'The hub cannot sign you in now.', null, 2_000);
          connection.end(CLOSE.tryLater, 'Try later.');
        },
      ),
    );
  }

  function enter(connection: Connection, token: string | null, verified: Verified): void {
    if (!connection.isOpen) return;
    if (!verified.ok) {
      sayError(connection, null, verified.code, verified.say, 'token');
      const isLater = verified.code === 'unavailable' || verified.code === 'rate-limited';
      connection.end(isLater ? CLOSE.tryLater : CLOSE.unauthorized, verified.say);
      return;
    }
    const { actor, isAdmin } = verified;
    connection.person = { actor, isAdmin, token };
    connection.phase = 'open';
    const { user, name, platform, avatarUrl, isGuest } = actor;
    connection.send({
      type: 'welcome',
      version: PROTOCOL_VERSION,
      epoch: port.feed.epoch(),
      you: { user, name, platform, avatarUrl, isGuest, isAdmin },
      token: verified.token,
      heartbeatMs: HEARTBEAT_MS,
      limits: { text: MAX_POST_UTF16, frameBytes: MAX_FRAME_BYTES },
    });
    connection.onGone(
      port.onTokenEnd(actor, () => {
        sayError(connection, null, 'sign-in', 'This token has ended.');
        connection.end(CLOSE.signedOut, 'Signed out.');
      }),
    );
    const isForThem = !isGuest && (actor.grant?.scopes.includes('account') ?? true);
    if (isForThem) connection.onGone(port.self.follow(user, (what) => connection.send({ type: 'self', what })));
    const early = connection.early;
    connection.early = [];
    for (const text of early) request(connection, text);
  }

  function request(connection: Connection, text: string): void {
    const { person } = connection;
    if (person === null) return;
    const decoded = decodeRequest(text);
    if (!decoded.ok) {
      connection.budget.fine(BAD_FRAME_COST);
      sayBad(connection, decoded);
      return;
    }
    connection.open += 1;
    if (connection.open > MAX_OPEN) connection.pauseInput();
    track(
      requests.handle(connection, person, decoded.value).then(() => {
        connection.open -= 1;
        if (connection.open === MAX_OPEN / 2) connection.resumeInput();
      }),
    );
  }

  function sayBad(connection: Connection, decoded: Extract<Decoded<ParsedRequest>, { readonly ok: false }>): void {
    sayError(connection, decoded.id, 'bad-request', decoded.say, decoded.field);
  }

  function track(work: Promise<void>): void {
    inWork.add(work);
    void work.finally(() => inWork.delete(work));
  }

  return {
    take,
    async drain() {
      isStopping = true;
      await Promise.all(inWork);
    },
  };
}
