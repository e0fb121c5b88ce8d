import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../core/domain/scopes.ts';
import { ELSEWHERE, CASES as MOST, NOWHERE, RACES, type Sent, type World, worldOn } from './cases.ts';
import { NATIVE_ACT_CASES } from './native-acts.ts';
import { type Answered, type ApiStage, apiStage, caller } from './rig.ts';

interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly scope: string;
  // biome-ignore lint/suspicious/noExplicitAny: a JSON document
  readonly of: any;
}

const CASES = { ...MOST, ...NATIVE_ACT_CASES };
let hub: ApiStage;
let world: World;
// biome-ignore lint/suspicious/noExplicitAny: a JSON document
let document: any;
let operations: readonly Operation[];
const ajv = new Ajv2020({ strict: false });
const checks = new Map<string, ValidateFunction>();

beforeAll(async () => {
  hub = await apiStage({ config: NOWHERE });
  world = await worldOn(hub);
  document = await (await fetch(`${hub.url}/api/openapi.json`)).json();
  ajv.addSchema({ $id: 'doc:api', components: document.components });
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    // biome-ignore lint/suspicious/noExplicitAny: a JSON document
    Object.entries(methods as any).map(([method, of]: [string, any]) => {
      return { id: of.operationId, method: method.toUpperCase(), path, scope: of['x-scope'], of };
    }),
  );
});
afterAll(() => hub.close());

const rest = (): readonly Operation[] => operations.filter(({ id }) => id !== 'stream');

/** Made once: what is turned down at the door does nothing. */
const made = new Map<string, Promise<Sent>>();
function requestFor(id: string): Promise<Sent> {
  const known = made.get(id) ?? Promise.resolve(CASES[id]?.happy(world) ?? NATIVE_ACT);
  made.set(id, known);
  return known;
}

function pathOf({ path }: Operation, { params = {}, query = {} }: Sent): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? 'unknown'));
  const search = new URLSearchParams(query).toString();
  return search === '' ? filled : `${filled}?${search}`;
}

/** The status stands in the document, and the body is as it says there. */
function expectDocumented({ id, of }: Operation, answered: Answered): void {
  const found = of.responses[answered.status] ?? (answered.status >= 500 ? of.responses['5XX'] : undefined);
  expect([id, answered.status, found === undefined, answered.body]).toEqual([
    id,
    answered.status,
    false,
    answered.body,
  ]);
  const response = found.$ref === undefined ? found : document.components.responses[found.$ref.split('/').at(-1)];
  const [type] = Object.keys(response.content ?? {});
  if (type === undefined) return;
  expect(answered.headers.get('content-type')).toContain(type);
  const key = `${id} ${answered.status}`;
  const schema = JSON.parse(
    JSON.stringify(response.content[type].schema).replaceAll('"#/components', '"doc:api#/components'),
  );
  const check = checks.get(key) ?? ajv.compile(schema);
  checks.set(key, check);
  expect([key, check(answered.body), check.errors]).toEqual([key, true, null]);
}

const tokens = new Map<string, Promise<string>>();
function tokenFor(session: string, scopes: readonly string[]): Promise<string> {
  const key = `${session} ${scopes.join()}`;
  const known = tokens.get(key) ?? hub.token(session, { scopes });
  tokens.set(key, known);
  return known;
}

describe('the document', () => {
  it('is valid OpenAPI 3.1, and its page has neither script nor request', async () => {
    const validated = await new Validator().validate(structuredClone(document));
    expect(validated).toMatchObject({ valid: true });
    const page = await (await fetch(`${hub.url}/api/docs`)).text();
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(/i);
    for (const { id } of operations) expect(page).toContain(`id="${id}"`);
  });

  it('has every question and act of the hub, and a case for each of its operations', () => {
    const without = rest().filter(({ id }) => CASES[id] === undefined && ELSEWHERE[id] === undefined);
    expect(without.map(({ id }) => id)).toEqual([]);
  });
});

describe('every operation of the document', () => {
  it('does what it is for with a token of its scope alone, and answers as documented', async () => {
    const wrong: unknown[] = [];
    for (const operation of rest()) {
      const own = CASES[operation.id];
      if (own === undefined) continue;
      const session = world[own.as ?? 'boss'];
      const sent = await requestFor(operation.id);
      const isProgram = operation.scope !== 'session';
      const scopes = operation.scope === 'any' ? ['read'] : [operation.scope];
      const token = isProgram ? await tokenFor(session, [...scopes, 'private']) : session;
      const answered = await hub.as(token)(operation.method, pathOf(operation, sent), sent.body, sent.headers);
      if (answered.status >= 300) wrong.push([operation.id, answered.body]);
      expectDocumented(operation, answered);
      expect(answered.headers.get('ratelimit-limit')).toBe('100000');
    }
    expect(wrong).toEqual([]);
  });

  it('400, 401, 404, 413, 415: turns down what it cannot take', async () => {
    for (const operation of rest()) {
      const { id, method, of } = operation;
      const as = hub.as(world.boss);
      const path = pathOf(operation, {});
      const check = async (status: number, answered: Promise<Answered>): Promise<void> => {
        const got = await answered;
        expect([id, status, got.status, got.body]).toEqual([id, status, status, got.body]);
        expectDocumented(operation, got);
      };
      await check(400, as(method, `${path}${path.includes('?') ? '&' : '?'}nonsense=1`));
      await check(401, hub.as(null)(method, path));
      await check(401, hub.as('slip_no_such')(method, path));
      if (of.responses['413'] !== undefined) {
        await check(413, as(method, path, { text: 'x'.repeat(70_000) }));
        const answer = await fetch(`${hub.url}/api/v1${path}`, {
          method,
          body: 'x',
          headers: { 'content-type': 'text/plain' },
        });
        await check(
          415,
          Promise.resolve({ status: answer.status, headers: answer.headers, body: await answer.json() }),
        );
      }
    }
  });

  it('403: turns down a token of all other scopes', async () => {
    for (const operation of rest()) {
      if (operation.scope === 'any') continue;
      const isRedaction = operation.id === 'redact';
      const others = SCOPES.filter((scope) => scope !== operation.scope && !(isRedaction && scope === 'moderate'));
      const sent = await requestFor(operation.id);
      const token = await tokenFor(world.boss, operation.scope === 'session' ? SCOPES : others);
      const answered = await hub.as(token)(operation.method, pathOf(operation, sent), sent.body);
      expect([operation.id, answered.status, answered.body.code]).toEqual([operation.id, 403, 'forbidden']);
      expectDocumented(operation, answered);
    }
  });

  it('404: knows nothing of what is not there', async () => {
    const wrong: unknown[] = [];
    for (const operation of rest().filter(({ of }) => of.responses['404'] !== undefined)) {
      const known = await requestFor(operation.id);
      const params = { ...known.params, ...pick(UNKNOWN, Object.keys(known.params ?? {})) };
      // one of them is enough, and more are not taken
      const [first] = namesOf(operation, 'query').filter((name) => UNKNOWN[name] !== undefined);
      const query = { ...known.query, ...pick(UNKNOWN, first === undefined ? [] : [first]) };
      const body = { ...(known.body as object), ...pick(UNKNOWN, bodyOf(operation)), ...nobody(operation) };
      const sent = { params, query, ...(operation.of.requestBody !== undefined && { body }) };
      const session = world[CASES[operation.id]?.as ?? 'boss'];
      const answered = await hub.as(session)(operation.method, pathOf(operation, sent), sent.body);
      if (answered.body.code !== 'not-found') wrong.push([operation.id, answered.status, answered.body.code]);
      expectDocumented(operation, answered);
    }
    expect(wrong).toEqual([]);
  });

  it('409: says that it is not as one thinks', async () => {
    for (const operation of rest().filter(({ of }) => of.responses['409'] !== undefined)) {
      const { id } = operation;
      if (RACES.has(id) || ELSEWHERE[id] !== undefined) continue;
      const token = world[CASES[id]?.as ?? 'boss'];
      const attempt = async (): Promise<Answered> => {
        const sent = await CASES[id]?.conflict?.(world);
        if (sent === undefined) throw new Error(`nothing causes the 409 of ${id}`);
        return hub.as(token)(operation.method, pathOf(operation, sent), sent.body, sent.headers);
      };
      let answered = await attempt();
      // a key that is in the archive already is known without what came with it: another one is quicker
      for (let tries = 0; tries < 20 && answered.body.outcome === 'duplicate'; tries += 1) answered = await attempt();
      expect([id, answered.status, answered.body]).toEqual([id, 409, answered.body]);
      expectDocumented(operation, answered);
    }
  });

  it('429: is counted, together with all others of its token', async () => {
    const small = await apiStage({ config: { limits: { apiPerMinute: 1 } } });
    const session = await small.user('ann');
    const as = caller(small.url, session);
    expect((await as('GET', '/me')).status).toBe(200);
    for (const operation of rest()) {
      const answered = await as(operation.method, pathOf(operation, {}));
      expect([operation.id, answered.status]).toEqual([operation.id, 429]);
      expect(Number(answered.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answered.headers.get('ratelimit-remaining')).toBe('0');
      expectDocumented(operation, answered);
    }
    await small.close();
  });
});

const NATIVE_ACT: Sent = { params: { channel: 'lobby', act: 'none' } };
/** Well formed, and nobody's. */
const UNKNOWN: Readonly<Record<string, string>> = {
  channel: 'no-such-channel',
  message: '01a20463-8f31-7720-843e-d938c1c63273',
  event: '01a20463-8f31-7720-843e-d938c1c63273',
  id: '01a20463-8f31-7720-843e-d938c1c63273',
  portal: 'no-such-portal',
  webhook: '01a20463-8f31-7720-843e-d938c1c63273',
  user: `u-${'a'.repeat(26)}`,
};

function nobody(operation: Operation): object {
  return bodyOf(operation).includes('users') ? { users: [UNKNOWN.user] } : {};
}

function pick(from: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
}

function namesOf({ of }: Operation, place: string): readonly string[] {
  // biome-ignore lint/suspicious/noExplicitAny: a JSON document
  return of.parameters.filter((one: any) => one.in === place).map((one: any) => one.name);
}

function bodyOf({ of }: Operation): readonly string[] {
  return Object.keys(of.requestBody?.content['application/json'].schema.properties ?? {});
}
