/* The few things that go by HTTP: signing in, and what to show before that. Everything else goes by the socket. */

export interface HubConfig {
  readonly signUp: 'open' | 'invite' | 'closed';
  readonly guests: 'off' | 'read' | 'post';
  readonly needsAdmin: boolean;
  /** Of one file; null: not said. */
  readonly maxBytes: number | null;
}
/** What is assumed while the hub does not answer: those signed in go on by the socket alone. */
export const UNKNOWN_CONFIG: HubConfig = { signUp: 'closed', guests: 'read', needsAdmin: false, maxBytes: null };

export interface SignedIn {
  readonly token: string;
  readonly name: string;
}
export type ApiAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly say: string; readonly field: string | null };

const DEADLINE_MS = 10_000;

export async function fetchConfig(): Promise<HubConfig | null> {
  const answer = await call('GET', '/api/config', null, null);
  return answer.ok ? parseConfig(answer.value) : null;
}

export async function enter(
  way: 'sign-in' | 'sign-up' | 'claim',
  form: Readonly<Record<string, string>>,
): Promise<ApiAnswer<SignedIn>> {
  const answer = await call('POST', `/api/${way}`, form, null);
  if (!answer.ok) return answer;
  const { token, name } = asRecord(answer.value);
  if (typeof token !== 'string' || typeof name !== 'string') return unreachable();
  return { ok: true, value: { token, name } };
}

/** Ends the session at the hub. Locally it has ended already, so nobody waits for the answer. */
export async function signOut(token: string): Promise<void> {
  await call('POST', '/api/sign-out', {}, token);
}

async function call(
  method: 'GET' | 'POST',
  path: string,
  body: Readonly<Record<string, string>> | null,
  token: string | null,
): Promise<ApiAnswer<unknown>> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== null) headers['content-type'] = 'application/json';
  if (token !== null) headers.authorization = `Bearer ${token}`;
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: body === null ? null : JSON.stringify(body),
      credentials: 'omit',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const text = await response.text();
    const value: unknown = text === '' ? {} : JSON.parse(text);
    return response.ok ? { ok: true, value } : problemOf(value);
  } catch {
    return unreachable();
  }
}

function problemOf(value: unknown): ApiAnswer<never> {
  const { say, field } = asRecord(value);
  if (typeof say !== 'string') return unreachable();
  return { ok: false, say, field: typeof field === 'string' ? field : null };
}

function unreachable(): ApiAnswer<never> {
  return { ok: false, say: 'The hub does not answer. Try again in a moment.', field: null };
}

function parseConfig(value: unknown): HubConfig {
  const { signUp, guests, needsAdmin, maxBytes } = asRecord(value);
  return {
    signUp: signUp === 'open' || signUp === 'invite' ? signUp : 'closed',
    guests: guests === 'off' || guests === 'post' ? guests : 'read',
    needsAdmin: needsAdmin === true,
    maxBytes: typeof maxBytes === 'number' ? maxBytes : null,
  };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
