import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../core/domain/scopes.ts';
import type { ScopeOrNot } from '../../core/plugin/asked/asked.ts';
import { said } from '../../core/plugin/asked/said.ts';
import { deeds, questions } from '../../core/plugin/asked/table.ts';
import { CASES, NOWHERE, type Sent, type World, worldOn } from './cases.ts';
import { type ApiStage, apiStage } from './rig.ts';

/** What each scope opens, all of it. An operation that stands nowhere here fails the test: say what it is for. */
const OPENS: Readonly<Record<ScopeOrNot, string>> = {
  any: 'me',
  session: `tokens create-token revoke-token my-data erase-me show overlay-tokens create-overlay-token set-dj set-admin
    set-enabled make-sign-up-link end-sign-up-link`,
  read: 'channels channel message people delivery events past-events house-rules members command',
  history: 'history search library library-export',
  post: 'post edit redact react unreact report',
  moderate: `audit karma settings queue reports house-rules-versions person native-acts claims unmarked-images find-people
    restrained said-by activity set-slow set-shield take-held release-held discard-held decide-reports sanction
    apply-native-act dismiss-native-act remove-from-library mark-image claim note`,
  'events:manage': 'plan-event change-event turn-event',
  'roles:manage': 'moderators appoint dismiss invite-admin let-admin-go',
  'settings:manage': 'set-settings set-channel-picture set-house-rules',
  'portals:manage': 'portals portal-health portal-code change-portal end-portal test-portal',
  'webhooks:manage': `webhooks subscriptions hook-deliveries make-webhook change-webhook rotate-webhook remove-webhook
    subscribe change-subscription rotate-subscription unsubscribe test-subscription redeliver`,
  'hub:manage': 'health dead-letters accounts sign-up-links configuration hub-audit retry-letters drop-letters',
  // it follows one channel, and asks nothing
  overlay: '',
  // it widens the others to closed channels
  private: '',
  account: `relations unread seen writing invitations accept-house-rules mute unmute block unblock mark-read open-direct
    create-private invite answer-invitation leave-channel rename-channel notify-levels set-notify`,
};

it('every question and act is opened by the scope that was thought of for it', () => {
  const table = Object.entries({ ...questions, ...deeds, ...said }).map(([name, of]) => [name, of.scope ?? 'account']);
  const expected = Object.entries(OPENS).flatMap(([scope, names]) =>
    names.split(/\s+/).flatMap((name) => (name === '' ? [] : [[name, scope]])),
  );
  expect(table.toSorted()).toEqual(expected.toSorted());
});

/** Stands in everything of the other channel, and nowhere else. */
const MARK = /quartz/i;

describe('a token of one channel', () => {
  let hub: ApiStage;
  let world: World;
  let token: string;
  let hidden: string;
  const there: Record<string, string> = {};
  // biome-ignore lint/suspicious/noExplicitAny: a JSON document
  let operations: readonly { id: string; method: string; path: string; of: any }[];

  beforeAll(async () => {
    hub = await apiStage({ config: NOWHERE });
    world = await worldOn(hub);
    const document = await (await fetch(`${hub.url}/api/openapi.json`)).json();
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      // biome-ignore lint/suspicious/noExplicitAny: a JSON document
      Object.entries(methods as any).map(([method, of]: [string, any]) => {
        return { id: of.operationId, method: method.toUpperCase(), path, of };
      }),
    );
    token = await hub.token(world.boss, {
      scopes: SCOPES.filter((scope) => scope !== 'account' && scope !== 'hub:manage'),
      channel: 'lobby',
    });
    const dj = await hub.user('quartz', 'dj');
    hidden = (await hub.as(dj)('GET', '/channels')).body.channels.find(
      ({ kind, name }: { kind: string; name: string }) => kind === 'dj' && name === 'quartz',
    ).id;
    await leaveTraces(dj);
  });
  afterAll(() => hub.close());

  /** Something of each kind in the other channel, about people who are in the lobby, too. */
  async function leaveTraces(dj: string): Promise<void> {
    const at = `/channels/${hidden}`;
    const must = async (as: string, method: string, path: string, body?: object) => {
      const answered = await hub.as(as)(method, path, body);
      expect([path, answered.status < 300, answered.body]).toEqual([path, true, answered.body]);
      return answered.body;
    };
    await must(world.boss, 'POST', '/channels/lobby/messages', { text: 'hello' });
    await must(world.ann, 'POST', '/channels/lobby/messages', { text: 'hello from ann' });
    there.message = (
      await must(world.ann, 'POST', `${at}/messages`, { text: 'quartz https://quartz.example/' })
    ).message;
    await must(world.boss, 'POST', `${at}/messages/${there.message}/reports`, { reason: 'quartz' });
    await must(dj, 'PUT', `${at}/house-rules`, { text: 'Quartz only.' });
    const startsAt = Date.now() + 86_400_000;
    there.event = (await must(dj, 'POST', `${at}/live-events`, { title: 'Quartz night', startsAt })).event.id;
    there.webhook = (await must(dj, 'POST', `${at}/webhooks`, { name: 'Quartz' })).webhook.id;
    const hook = { url: 'https://quartz.invalid/', kinds: ['message'] };
    there.id = (await must(dj, 'POST', `${at}/subscriptions`, hook)).subscription.id;
    await must(dj, 'PUT', `${at}/moderators/${world.users.dan}`, {});
    const act = { act: 'timeout', minutes: 2, reason: 'quartz' };
    await must(dj, 'POST', `${at}/people/${world.users.ann}/sanctions`, act);
  }

  const made = new Map<string, Promise<Sent>>();
  function requestFor(id: string): Promise<Sent> {
    const known = made.get(id) ?? Promise.resolve(CASES[id]?.happy(world) ?? {});
    made.set(id, known);
    return known;
  }

  function pathOf(path: string, { params = {}, query = {} }: Sent): string {
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? 'unknown'));
    const search = new URLSearchParams(query).toString();
    return search === '' ? filled : `${filled}?${search}`;
  }

  it('is told of another channel what it would be told of none, whatever it asks or does', async () => {
    const told: unknown[] = [];
    for (const { id, method, path, of } of operations) {
      const inQuery = of.parameters.some(
        (one: { in: string; name: string }) => one.in === 'query' && one.name === 'channel',
      );
      if (!path.includes('{channel}') && !inQuery) continue;
      const own = await requestFor(id);
      const on = async (channel: string) => {
        const params = { ...own.params, ...there, channel };
        const query = { ...own.query, ...(inQuery && { channel }) };
        const { status, body } = await hub.as(token)(method, pathOf(path, { params, query }), own.body, own.headers);
        return { id, status, body };
      };
      const [real, none] = [await on(hidden), await on('no-such-channel')];
      const isSame = JSON.stringify(real) === JSON.stringify(none);
      // 403: no token of one channel can have the scope
      if (!isSame || (real.status !== 404 && real.status !== 403)) told.push([real, none]);
    }
    expect(told).toEqual([]);
  });

  it('sees no trace of another channel in what it is told of its own, or of all', async () => {
    const traces: unknown[] = [];
    for (const { id, method, path } of operations) {
      if (method !== 'GET' || id === 'stream' || CASES[id] === undefined) continue;
      const sent = await requestFor(id);
      const asked = [sent, ...(sent.query === undefined ? [] : [{ ...sent, query: without(sent.query, 'channel') }])];
      for (const one of asked) {
        const told = JSON.stringify((await hub.as(token)(method, pathOf(path, one))).body);
        const at = told.search(MARK);
        if (at >= 0) traces.push([id, told.slice(Math.max(at - 150, 0), at + 50)]);
        if (told.includes(there.message ?? '')) traces.push([id, 'the message']);
      }
    }
    expect(traces).toEqual([]);
  });

  it('does nothing to the live events of another', async () => {
    for (const { id, method, path } of operations.filter((one) => one.path.includes('{event}'))) {
      const sent = await requestFor(id);
      const answered = await hub.as(token)(method, pathOf(path, { params: { ...sent.params, ...there } }), sent.body);
      expect([id, answered.status]).toEqual([id, 404]);
    }
  });
});

function without(query: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(query).filter(([key]) => key !== name));
}
