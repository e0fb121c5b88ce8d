import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textOf } from '../../../core/contract/port-double.ts';
import { testClock } from '../../accounts/harness.ts';
import { type FakeTwitch, startTwitch } from '../../fakes/twitch.ts';
import { closeRigs, createRig, failureOf } from './rig.ts';

const HOUR_MS = 3_600_000;
const AUTH = { kind: 'auth' };

let twitch: FakeTwitch;
let clock: ReturnType<typeof testClock>;
beforeEach(async () => {
  twitch = await startTwitch();
  clock = testClock(Date.now());
  twitch.world.now = () => clock.now();
});
afterEach(async () => {
  await closeRigs();
  await twitch.stop();
});

const renewals = (): number => twitch.helix.requests.filter((one) => one === 'POST /oauth2/token').length;
/** The owner takes back what the application was allowed. */
function revoke(): void {
  twitch.world.tokens.clear();
  twitch.world.refreshTokens.clear();
}

describe('the token is checked', () => {
  it('at the start and each hour', async () => {
    const rig = await createRig({ twitch, clock });
    await rig.start();
    const first = twitch.helix.validations();
    clock.move(HOUR_MS - 1_000);
    expect(twitch.helix.validations()).toBe(first);
    clock.move(1_000);
    await expect.poll(twitch.helix.validations).toBe(first + 1);
    await expect.poll(() => twitch.helix.requests.at(-1)).toContain('/helix/');
    clock.move(HOUR_MS);
    await expect.poll(twitch.helix.validations).toBe(first + 2);
  });

  it('and once it is revoked, the bridge says so', async () => {
    const rig = await createRig({ twitch, clock });
    await rig.start();
    revoke();
    clock.move(HOUR_MS);
    await expect.poll(() => rig.state(null)).toMatchObject({ kind: 'failed', failure: AUTH });
  });

  it('not after a stop', async () => {
    const rig = await createRig({ twitch, clock });
    await rig.start();
    await rig.bridge.stop();
    const before = twitch.helix.requests.length;
    clock.move(3 * HOUR_MS);
    await rig.bridge.stop();
    expect(twitch.helix.requests.length).toBe(before);
  });

  it('again soon when Twitch cannot say, without failing the bridge', async () => {
    const rig = await createRig({ twitch, clock });
    await rig.start();
    const before = twitch.helix.validations();
    twitch.helix.failNext('outage', '/oauth2/validate');
    clock.move(HOUR_MS);
    await expect.poll(() => rig.hub.logged()).toContain('token not checked');
    clock.move(60_000);
    await expect.poll(twitch.helix.validations).toBe(before + 1);
    expect(rig.state(null)).toBe(undefined);
  });
});

describe('the token is renewed', () => {
  it('before it ends, and what is sent goes on', async () => {
    const { access, refresh } = twitch.world.authorize(twitch.bot, undefined, 7_200);
    const rig = await createRig({ twitch, clock, fields: { accessToken: access, refreshToken: refresh } });
    await rig.start();
    clock.move(HOUR_MS);
    await expect.poll(() => twitch.helix.validations()).toBe(2);
    await expect.poll(() => twitch.helix.requests.at(-1)).toBe('GET /helix/moderation/channels');
    expect(renewals()).toBe(0);
    clock.move(HOUR_MS - 5 * 60_000);
    await expect.poll(renewals).toBe(1);
    expect(twitch.world.ownerOf(access)).not.toBe(null);
    await expect.poll(() => rig.kept.get('tokens')).toContain('"previous":null');
    clock.move(6 * 60_000);
    await rig.post('with the new one');
    expect(twitch.posted(twitch.rooms[0])).toMatchObject([{ text: 'with the new one' }]);
    expect(renewals()).toBe(1);
  });

  it('when a request is refused: once for all that were refused, and each is done once', async () => {
    const rig = await createRig({ twitch, clock });
    await rig.start();
    twitch.world.tokens.clear();
    await Promise.all(['a', 'b', 'c'].map((text) => rig.post(text)));
    expect(
      twitch
        .posted(twitch.rooms[0])
        .map(({ text }) => text)
        .sort(),
    ).toEqual(['a', 'b', 'c']);
    expect(renewals()).toBe(1);
  });

  it('at the start, when that of the configuration has ended', async () => {
    twitch.world.tokens.clear();
    const rig = await createRig({ twitch, clock });
    await rig.start();
    expect(renewals()).toBe(1);
    expect(twitch.irc.joined('dj_kool')).toEqual(['slipmat_bot']);
  });

  it('and kept: the next start needs the configuration no more', async () => {
    twitch.world.tokens.clear();
    const first = await createRig({ twitch, clock });
    await first.start();
    await first.bridge.stop();
    const second = await createRig({ twitch, clock, kept: first.kept });
    await second.start();
    expect(renewals()).toBe(1);
  });

  it('unless the operator has put other tokens into the configuration: then these count', async () => {
    twitch.world.tokens.clear();
    const first = await createRig({ twitch, clock });
    await first.start();
    await first.bridge.stop();
    revoke();
    const fresh = twitch.world.authorize(twitch.bot);
    const second = await createRig({
      twitch,
      clock,
      kept: first.kept,
      fields: { accessToken: fresh.access, refreshToken: fresh.refresh },
    });
    await second.start();
    expect(renewals()).toBe(1);
  });

  it('or the bridge pauses: a post ends as refused credential', async () => {
    const rig = await createRig({ twitch, clock });
    await rig.start();
    revoke();
    expect(await failureOf(rig.post('no'))).toEqual(AUTH);
    expect(twitch.posted(twitch.rooms[0])).toEqual([]);
  });

  it('and while it cannot be, a post is certainly not delivered', async () => {
    const rig = await createRig({ twitch, clock });
    await rig.start();
    twitch.world.tokens.clear();
    twitch.helix.failNext('outage', '/oauth2/token');
    expect(await failureOf(rig.post('later'))).toEqual({ kind: 'retryable', delivered: 'no' });
    await rig.post('later');
    expect(twitch.posted(twitch.rooms[0])).toMatchObject([{ text: 'later' }]);
  });
});

describe('a crash in the middle of a renewal', () => {
  it('once the new pair is stored loses nothing: it is used at the next start', async () => {
    twitch.world.tokens.clear();
    const kept = new Map<string, string>();
    let isDead = false;
    // nothing of the process goes on behind the write
    const save = (name: string, value: string): Promise<void> => {
      if (!isDead) kept.set(name, value);
      isDead ||= name === 'tokens';
      return isDead ? new Promise(() => {}) : Promise.resolve();
    };
    const first = await createRig({ twitch, clock, port: { state: { load: async () => null, save } } });
    const starting = first.start().catch(() => 'dead');
    await expect.poll(() => kept.has('tokens')).toBe(true);
    const second = await createRig({ twitch, clock, kept });
    await second.start();
    expect(renewals()).toBe(1);
    await first.bridge.stop();
    void starting;
  });

  it('keeps the old refresh token until the new pair has proved itself', async () => {
    const { access, refresh } = twitch.tokens;
    const first = await createRig({ twitch, clock });
    await first.start();
    twitch.world.tokens.delete(access);
    await first.post('renewed');
    const stored = JSON.parse(first.kept.get('tokens') ?? '{}') as { readonly refresh: string };
    expect(stored).toMatchObject({ previous: refresh });
    await first.bridge.stop();
    // Twitch has forgotten the renewal, as after a fault of its own
    revoke();
    twitch.world.refreshTokens.set(refresh, { user: twitch.bot, scopes: ['chat:read', 'user:write:chat'] });
    const second = await createRig({ twitch, clock, kept: first.kept });
    await second.start();
    expect(JSON.parse(second.kept.get('tokens') ?? '{}')).toMatchObject({ previous: null });
  });

  it('with a store that fails goes on with the new pair, and stores it at the next check', async () => {
    let isDown = true;
    const kept = new Map<string, string>();
    const save = async (name: string, value: string): Promise<void> => {
      if (isDown && name === 'tokens') throw new Error('the store is away');
      kept.set(name, value);
    };
    const rig = await createRig({ twitch, clock, port: { state: { load: async () => null, save } } });
    await rig.start();
    twitch.world.tokens.clear();
    await rig.post('still here');
    expect(rig.hub.logged()).toContain('renewed token not stored');
    isDown = false;
    clock.move(HOUR_MS);
    await expect.poll(() => kept.has('tokens')).toBe(true);
  });
});

describe('a token that will not do is refused at the start', () => {
  it('when it was made for another application', async () => {
    const rig = await createRig({ twitch, clock, fields: { clientId: 'another' } });
    expect(await failureOf(rig.start())).toEqual(AUTH);
  });

  it('when it may not read the chat', async () => {
    const { access, refresh } = twitch.world.authorize(twitch.bot, ['user:write:chat']);
    const rig = await createRig({ twitch, clock, fields: { accessToken: access, refreshToken: refresh } });
    await expect(rig.start()).rejects.toThrow('chat:read');
  });

  it('but not for a Twitch that is down: that is tried again', async () => {
    twitch.helix.failNext('outage', '/oauth2/validate');
    const rig = await createRig({ twitch, clock });
    expect(await failureOf(rig.start())).toMatchObject({ kind: 'retryable' });
  });
});

it('shows no token, old or new, nor the secret, in a log, a status or an error', async () => {
  const rig = await createRig({ twitch, clock });
  const seen: unknown[] = [];
  const note = (attempt: Promise<unknown>) => attempt.catch((error: unknown) => seen.push(textOf(error)));
  await rig.start();
  twitch.world.tokens.clear();
  await rig.post('renews');
  for (const failure of ['outage', 'rate-limit', 'room-gone', 'cut'] as const) {
    twitch.helix.failNext(failure);
    await note(rig.post(failure));
  }
  const secrets = [
    twitch.world.clientSecret,
    ...twitch.world.tokens.keys(),
    ...twitch.world.refreshTokens.keys(),
    twitch.tokens.access,
    twitch.tokens.refresh,
  ];
  revoke();
  await note(rig.post('refused'));
  clock.move(HOUR_MS);
  await expect.poll(() => rig.state(null)).toBeDefined();
  await twitch.helix.stop();
  await note(rig.post('gone'));
  expect(seen.length).toBe(6);
  const said = `${rig.hub.logged()} ${textOf(rig.hub.states)} ${seen.join(' ')}`;
  expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
});
