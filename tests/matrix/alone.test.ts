import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import matrix from '../../bridges/matrix/index.ts';
import { plainText, textContent } from '../../core/domain/content.ts';
import type { AccountId, EpochMs, RoomId } from '../../core/domain/ids.ts';
import { cleanUp, launch, newFolder, type Running } from '../cli/run-cli.ts';
import { bodyOf, type MatrixPerson } from '../fakes/matrix-person.ts';
import { participant } from '../fakes/people.ts';
import { hasSynapse, SERVER_NAME } from '../fakes/synapse.ts';
import { type AloneBridge, LOBBY, type MatrixWorld, openWorld, startBridge } from './rig.ts';

const BOT = `@slipmat:${SERVER_NAME}`;
const KEY = `u-${'a'.repeat(26)}`;
const DORA = { kind: 'user', name: 'dora', avatarUrl: null, avatar: null, key: KEY, platform: 'slipmat' } as const;
const GHOST = `@slipmat_slipmat_${KEY}:${SERVER_NAME}`;

let world: MatrixWorld;
let ann: MatrixPerson;
let bob: MatrixPerson;
let room: RoomId;
let alone: AloneBridge;

const post = (text: string, key: string, more: object = {}) =>
  alone.run('post', {
    room,
    speaker: DORA,
    text: textContent(text).rich,
    media: [],
    replyTo: null,
    sentAt: Date.now() as EpochMs,
    key,
    ...more,
  });

describe.skipIf(!hasSynapse())('the bridge alone on a real Synapse', () => {
  beforeAll(async () => {
    world = await openWorld();
    [ann, bob] = [await world.person('ann'), await world.person('bob')];
  });
  afterAll(() => world?.stop());

  describe('in a room of somebody', () => {
    beforeAll(async () => {
      // the bot has its account from its first start on
      await (await startBridge(world, [])).stop();
      const made = await ann.ask('POST', '/v3/createRoom', {
        preset: 'public_chat',
        invite: [BOT],
        power_level_content_override: { users: { [BOT]: 100 } },
      });
      room = String(made.room_id) as RoomId;
      await bob.join(room);
      alone = await startBridge(world, [room]);
    });
    afterAll(() => alone?.stop());

    const at = () => `/v3/rooms/${encodeURIComponent(room)}`;

    it('says that the room works', async () => {
      await expect.poll(() => alone.hub.states.map((one) => [one.room, one.state.kind])).toContainEqual([room, 'live']);
    });

    it('is open to all until it takes people by invitation alone', async () => {
      const isClosed = () => alone.run('isClosed', { room });
      expect(await isClosed()).toBe(false);
      const put = (type: string, content: object) => ann.ask('PUT', `${at()}/state/${type}/`, content);
      await put('m.room.join_rules', { join_rule: 'invite' });
      expect(await isClosed()).toBe(true);
      await put('m.room.history_visibility', { history_visibility: 'world_readable' });
      expect(await isClosed()).toBe(false);
      await put('m.room.history_visibility', { history_visibility: 'shared' });
      await put('m.room.join_rules', { join_rule: 'public' });
      await expect.poll(() => alone.heard('rights-changed').length).toBeGreaterThanOrEqual(4);
    });

    it('a timeout takes the word from somebody, is lifted when its time is over, and a ban holds until it is lifted', async () => {
      const account = bob.id as AccountId;
      // long enough for two words with a busy homeserver
      const until = (Date.now() + 6_000) as EpochMs;
      await alone.run('sanction', { room, account, act: 'timeout', until, reason: null });
      await expect(bob.say(room, 'too early')).rejects.toThrow('M_FORBIDDEN');
      await expect
        .poll(() =>
          bob.say(room, 'free again').then(
            () => true,
            () => false,
          ),
        )
        .toBe(true);
      expect(Date.now()).toBeGreaterThanOrEqual(until);
      const { users } = await ann.ask('GET', `${at()}/state/m.room.power_levels/`);
      expect(users).not.toHaveProperty(bob.id);
      await alone.run('sanction', { room, account, act: 'ban', until: null, reason: 'enough' });
      await expect(bob.join(room)).rejects.toThrow('banned');
      await alone.run('sanction', { room, account, act: 'lift', until: null, reason: null });
      await bob.join(room);
      expect(alone.heard('sanction'), 'its own acts are nobody’s').toEqual([]);
    });

    it('a timeout that is running ends also when the bridge was started anew, and one who leads is not silenced', async () => {
      const until = (Date.now() + 60_000) as EpochMs;
      await alone.run('sanction', { room, account: bob.id as AccountId, act: 'timeout', until, reason: null });
      await alone.run('sanction', { room, account: bob.id as AccountId, act: 'lift', until: null, reason: null });
      await bob.say(room, 'lifted by hand');
      const attempt = alone.run('sanction', {
        room,
        account: ann.id as AccountId,
        act: 'timeout',
        until,
        reason: null,
      });
      await expect(attempt).rejects.toMatchObject({ failure: { kind: 'permanent', scope: 'command' } });
    });

    it('hears of bans, of those who come and go, and of names', async () => {
      const from = alone.hub.received.length;
      await ann.ask('POST', `${at()}/ban`, { user_id: bob.id, reason: 'rude' });
      await ann.ask('POST', `${at()}/unban`, { user_id: bob.id });
      await bob.join(room);
      await bob.ask('PUT', `/v3/profile/${encodeURIComponent(bob.id)}/displayname`, { displayname: 'Bobby' });
      await expect.poll(() => alone.heard('profile').length).toBe(1);
      await bob.ask('POST', `${at()}/leave`, {});
      await bob.join(room);
      const told = () =>
        alone.hub.received.slice(from).flatMap((one) => {
          if (one.kind === 'sanction')
            return [`${one.act} ${one.account.id} by ${one.by?.id} ${one.reason ?? ''}`.trim()];
          if (one.kind === 'membership') return [`${one.act} ${one.account.id}`];
          return one.kind === 'profile' ? [`${one.account.id} is ${one.account.name}`] : [];
        });
      await expect
        .poll(told)
        .toEqual([
          `ban ${bob.id} by ${ann.id} rude`,
          `lift ${bob.id} by ${ann.id}`,
          `join ${bob.id}`,
          `${bob.id} is Bobby`,
          `leave ${bob.id}`,
          `join ${bob.id}`,
        ]);
    });

    it('hears who has silenced somebody by a power level and who lets them speak again, a ghost among them', async () => {
      await post('hush me', 'hush');
      const from = alone.hub.received.length;
      const levels = async (change: Readonly<Record<string, number>>, more: object = {}) => {
        const { users, ...rest } = await ann.ask('GET', `${at()}/state/m.room.power_levels/`);
        const next = { ...(users as object), ...change };
        await ann.ask('PUT', `${at()}/state/m.room.power_levels/`, { ...rest, users: next, ...more });
      };
      await levels({ [bob.id]: -1, [GHOST]: -1 });
      await expect(post('still here', 'hushed')).rejects.toMatchObject({ failure: { kind: 'permanent' } });
      await levels({ [bob.id]: 10 });
      // a room in which only those who lead may speak silences nobody in particular
      await levels({ [GHOST]: 0 }, { events_default: 20 });
      await levels({}, { events_default: 0 });
      await levels({ [bob.id]: 0 });
      const told = () =>
        alone.hub.received
          .slice(from)
          .flatMap((one) =>
            one.kind === 'sanction'
              ? [`${one.act} ${one.ghostOf ?? one.account.id} by ${one.by?.id} ${one.until}`]
              : [],
          );
      await expect
        .poll(told)
        .toEqual([
          `timeout ${bob.id} by ${ann.id} null`,
          `timeout ${KEY} by ${ann.id} null`,
          `lift ${bob.id} by ${ann.id} null`,
        ]);
      await post('free again', 'unhushed');
      expect((await ann.history(room)).at(-1)).toMatchObject({ sender: GHOST, content: { body: 'free again' } });
    });

    it('roles become power levels, and power levels say who administers', async () => {
      const role = (name: 'moderator' | 'none') =>
        alone.run('setRole', { room, account: bob.id as AccountId, role: name });
      const who = (user: string) => alone.run('authority', { room, account: user as AccountId });
      expect([await who(ann.id), await who(bob.id), await who(`@nobody:${SERVER_NAME}`)]).toEqual([
        'owner',
        'member',
        'none',
      ]);
      await role('moderator');
      expect(await who(bob.id)).toBe('moderator');
      await role('none');
      expect(await who(bob.id)).toBe('member');
    });

    it('typing and receipts pass both ways', async () => {
      const [ref] = await post('read me', 'typing');
      await ann.ask('PUT', `${at()}/typing/${encodeURIComponent(ann.id)}`, { typing: true, timeout: 30_000 });
      await expect.poll(() => alone.heard('typing').map(({ by, on }) => [by.id, on])).toEqual([[ann.id, true]]);
      await ann.ask('PUT', `${at()}/typing/${encodeURIComponent(ann.id)}`, { typing: false });
      await expect.poll(() => alone.heard('typing').at(-1)?.on).toBe(false);
      await ann.ask('POST', `${at()}/receipt/m.read/${encodeURIComponent(ref?.id ?? '')}`, {});
      await expect.poll(() => alone.heard('read').map(({ by, upTo }) => [by.id, upTo.id])).toEqual([[ann.id, ref?.id]]);
      const said = await ann.say(room, 'seen?');
      await alone.run('signal', { room, speaker: DORA, what: { kind: 'typing', on: true } });
      await alone.run('signal', { room, speaker: DORA, what: { kind: 'read', upTo: { room, id: said } } });
      const sync = await ann.ask('GET', '/v3/sync?timeout=0');
      const { ephemeral } =
        (sync.rooms as { join: Record<string, { ephemeral: { events: object[] } }> }).join[room] ?? {};
      const seen = JSON.stringify(ephemeral);
      expect(seen).toContain(`"user_ids":["${GHOST}"]`);
      expect(seen).toContain(`"${said}":{"m.read":{"${GHOST}"`);
    });

    it('T11: a private message to a ghost is told as one to its person, and answered by the ghost', async () => {
      await post('here I am', 'direct');
      const made = await bob.ask('POST', '/v3/createRoom', {
        preset: 'trusted_private_chat',
        is_direct: true,
        invite: [GHOST],
      });
      const place = String(made.room_id);
      const members = async () =>
        Object.keys((await bob.ask('GET', `/v3/rooms/${encodeURIComponent(place)}/joined_members`)).joined as object);
      await expect.poll(members).toContain(GHOST);
      await bob.say(place, 'psst');
      await expect
        .poll(() => alone.heard('direct').map(({ by, to, content }) => [by.id, to, plainText(content.rich)]))
        .toEqual([[bob.id, KEY, 'psst']]);
      await alone.run('direct', {
        to: bob.id as AccountId,
        speaker: DORA,
        text: textContent('yes?').rich,
        choices: [],
        key: 'd1',
      });
      expect((await bob.history(place)).map((one) => [one.sender, bodyOf(one)])).toEqual([
        [bob.id, 'psst'],
        [GHOST, 'yes?'],
      ]);
      const first = await alone.run('direct', {
        to: ann.id as AccountId,
        speaker: DORA,
        text: textContent('hello ann').rich,
        choices: [],
        key: 'd2',
      });
      await ann.join(first.room);
      expect((await ann.history(first.room)).map(bodyOf)).toEqual(['hello ann']);
      await ann.say(first.room, 'hello dora');
      await expect.poll(() => alone.heard('direct').at(-1)?.by.id).toBe(ann.id);
      expect(alone.heard('message').some(({ ref }) => ref.room === first.room || ref.room === place)).toBe(false);
    });

    it('a ghost that was put out comes back with its next message; a post is made once though Synapse forgot it', async () => {
      await post('one', 'again-1');
      await ann.ask('POST', `${at()}/kick`, { user_id: GHOST });
      await post('two', 'again-2');
      const before = await post('three', 'again-3');
      await world.synapse.kill();
      await expect(post('three', 'again-3')).rejects.toMatchObject({ failure: { kind: 'retryable' } });
      await world.synapse.start();
      expect(await post('three', 'again-3')).toEqual(before);
      const said = (await ann.history(room)).filter(({ sender }) => sender === GHOST).map(bodyOf);
      expect(said.slice(-3)).toEqual(['one', 'two', 'three']);
      await ann.ask('POST', `${at()}/ban`, { user_id: GHOST });
      // whoever was shut out on purpose is not spoken for either
      await expect(post('by the bot', 'again-4')).rejects.toMatchObject({
        failure: { kind: 'permanent', scope: 'command' },
      });
      await ann.ask('POST', `${at()}/unban`, { user_id: GHOST });
      const acts = () => alone.heard('sanction').filter(({ account }) => account.id === GHOST);
      await expect
        .poll(() =>
          acts()
            .slice(-3)
            .map(({ act, ghostOf, by }) => [act, ghostOf, by?.id]),
        )
        .toEqual([
          ['kick', KEY, ann.id],
          ['ban', KEY, ann.id],
          ['lift', KEY, ann.id],
        ]);
      await post('back again', 'again-5');
      expect((await ann.history(room)).at(-1)).toMatchObject({ sender: GHOST, content: { body: 'back again' } });
    });

    it('follows the room when it is upgraded', async () => {
      const { replacement_room: next } = await ann.ask('POST', `${at()}/upgrade`, { new_version: '11' });
      await expect.poll(() => alone.heard('room-moved').map(({ from, to }) => [from, to])).toEqual([[room, next]]);
    });

    it('doctor finds all in order, and says what is not', async () => {
      const doctor = (settings: object) =>
        matrix.doctor?.(
          matrix.parseConfig({ ...world.bridge.config, ...settings }),
          [room],
          AbortSignal.timeout(10_000),
        );
      const found = await doctor({});
      expect(found?.map(({ level, what }) => `${level}: ${what}`)).toEqual([
        'ok: the homeserver answers',
        `ok: the token is that of ${BOT}`,
        'ok: the registration fits the configuration',
        'ok: the homeserver reaches the hub',
        'ok: pictures and files can be carried',
        `ok: the room ${room} can be served`,
      ]);
      const other = await doctor({ bot: 'other' });
      expect(other?.[1]).toMatchObject({ level: 'fail', what: 'the token belongs to another account than the bot' });
      expect((await doctor({ homeserverUrl: 'http://127.0.0.1:1' }))?.[0]).toMatchObject({ level: 'fail' });
      await alone.bridge.stop();
      expect((await doctor({}))?.[3]).toMatchObject({
        level: 'warn',
        what: 'the homeserver does not reach the hub (M_BAD_STATUS)',
      });
    });
  });

  describe('a hub that is killed', () => {
    afterEach(cleanUp);

    it('loses nothing, doubles nothing and keeps the order in both directions', async () => {
      const folder = newFolder();
      const file = join(folder, 'hub.yaml');
      const limits = { postsPerSecond: 1_000, postBurst: 1_000 };
      const moderation = { rules: 'none' };
      writeFileSync(
        file,
        stringify({
          dataDir: join(folder, 'data'),
          port: world.hubPort,
          bridges: [world.bridge],
          limits,
          moderation,
          logLevel: 'error',
        }),
      );
      const url = `http://127.0.0.1:${world.hubPort}`;
      const start = async (): Promise<Running> => {
        const running = launch(['start'], { CONFIG: file });
        await expect
          .poll(() =>
            fetch(`${url}/readyz`).then(
              ({ ok }) => ok,
              () => false,
            ),
          )
          .toBe(true);
        return running;
      };
      const kill = async ({ child, finished }: Running): Promise<void> => {
        child.kill('SIGKILL');
        await finished;
      };
      let running = await start();
      const headers = { 'content-type': 'application/json' };
      const form = JSON.stringify({ name: 'dora', password: 'dora has a long password' });
      const { token } = (await (await fetch(`${url}/api/sign-up`, { method: 'POST', headers, body: form })).json()) as {
        token: string;
      };
      const dora = await participant(`ws://127.0.0.1:${world.hubPort}/ws`, token);
      await expect.poll(() => ann.join(LOBBY).catch(String)).toMatch(/^!/);
      const place = await ann.join(LOBBY);
      const [fromHub, fromMatrix]: [string[], string[]] = [[], []];
      const both = async (count: number, meanwhile: () => Promise<void>): Promise<void> => {
        const talk = async (): Promise<void> => {
          for (let each = 0; each < count; each += 1) {
            fromHub.push(`h${fromHub.length}`);
            await dora.say(fromHub.at(-1) ?? '');
          }
        };
        const write = async (): Promise<void> => {
          for (let each = 0; each < count; each += 1) {
            fromMatrix.push(`m${fromMatrix.length}`);
            await ann.say(place, fromMatrix.at(-1) ?? '');
          }
        };
        await Promise.all([talk(), write(), meanwhile()]);
      };
      for (let round = 0; round < 2; round += 1) {
        await both(12, async () => {
          await expect.poll(async () => (await ann.history(place)).length).toBeGreaterThan(round * 12 + 3);
          await kill(running);
          running = await start();
        });
      }
      const only = (texts: readonly string[], sign: string) =>
        texts.filter((text) => new RegExp(`^${sign}\\d+$`).test(text));
      const onHub = async () =>
        only(
          (await dora.page(100)).map(({ message }) => plainText(message.content.rich)),
          'm',
        );
      const onMatrix = async () =>
        only((await ann.history(place)).filter(({ sender }) => sender !== ann.id).map(bodyOf), 'h');
      await expect.poll(onHub).toEqual(fromMatrix);
      await expect.poll(onMatrix).toEqual(fromHub);
      dora.close();
    });
  });
});
