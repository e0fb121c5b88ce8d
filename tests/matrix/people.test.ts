import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { userIdOf } from '../../core/async/mint.ts';
import { plainText } from '../../core/domain/content.ts';
import type { AccountId, ChannelId } from '../../core/domain/ids.ts';
import type { TestHub } from '../fakes/hub.ts';
import { bodyOf, type MatrixPerson } from '../fakes/matrix-person.ts';
import { type Participant, participant } from '../fakes/people.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { connectPeer, type Peer } from '../fakes/socket-peer.ts';
import { hasSynapse, SERVER_NAME } from '../fakes/synapse.ts';
import { PATIENCE_MS } from '../fakes/until.ts';
import { LOBBY, type MatrixWorld, openWorld } from './rig.ts';

const WITHIN = { timeout: PATIENCE_MS, interval: 50 };
const PLENTY = { per_second: 10_000, burst_count: 10_000 };
let world: MatrixWorld;

describe.skipIf(!hasSynapse())('people of a real Synapse and people of the hub', () => {
  beforeAll(async () => {
    world = await openWorld({ presence: { enabled: true }, rc_presence: { per_user: PLENTY } });
  });
  afterAll(() => world?.stop());

  describe.each(['embedded', 'redis'] as const)('on %s', (store) => {
    const named = (name: string) => `${name}-${store}`;
    let redis: RedisServer | null = null;
    let hub: TestHub;
    let ann: MatrixPerson;
    let lobby: string;
    let dora: Participant;
    let peer: Peer;
    let ghost: string;
    let channel: ChannelId;
    let alone: string;

    beforeAll(async () => {
      redis = store === 'redis' ? await startRedis({ appendonly: true }) : null;
      hub = await world.startHub({ redisUrl: redis?.url ?? null });
      ann = await world.person(named('ann'));
      await ann.ask('PUT', `/v3/profile/${encodeURIComponent(ann.id)}/displayname`, { displayname: 'Ann' });
      const token = await hub.user(named('dora'));
      dora = await participant(hub.wsUrl, token);
      peer = await connectPeer(hub.wsUrl, { token });
      await peer.ask({ type: 'join', channel: 'lobby', after: null });
      lobby = await vi.waitFor(() => ann.join(LOBBY), WITHIN);
      await dora.say(`here I am on ${store}`);
      ghost = await vi.waitFor(async () => {
        const found = (await ann.history(lobby)).find((one) => bodyOf(one) === `here I am on ${store}`);
        if (found === undefined) throw new Error('not there yet');
        return found.sender;
      }, WITHIN);
      await ann.say(lobby, 'hello all');
      await peer.next('message', ({ message }) => message.author.name === 'Ann');
    });
    afterAll(async () => {
      dora?.close();
      await peer?.close();
      await hub?.close();
      await redis?.stop();
    });

    const at = (room: string) => `/v3/rooms/${encodeURIComponent(room)}`;
    const membersOf = async (who: MatrixPerson, room: string) =>
      Object.keys((await who.ask('GET', `${at(room)}/joined_members`)).joined as object).toSorted();
    /** As a client shows it: with the last edits, without what is gone. */
    const shown = async (who: MatrixPerson, room: string) => {
      const events = await who.events(room);
      const edits = new Map(
        events.flatMap(({ content }) => {
          const { rel_type, event_id } = content['m.relates_to'] ?? {};
          return rel_type === 'm.replace' ? [[event_id, content['m.new_content']?.body] as const] : [];
        }),
      );
      return (await who.history(room)).map((one) => `${one.sender}: ${edits.get(one.event_id) ?? bodyOf(one)}`);
    };
    const rows = async () => {
      const page = await dora.client.history(channel, null, 50);
      if (!page.ok) throw new Error(page.say);
      return page.value.messages
        .toReversed()
        .map(({ message }) => `${message.author.name}: ${plainText(message.content.rich)}`);
    };
    const invitations = async () => {
      const found = await dora.client.ask('invitations', {});
      return found.ok ? found.value.invitations : [];
    };
    const withGhost = async (who: MatrixPerson, more: object = {}) => {
      const body = { preset: 'trusted_private_chat', is_direct: true, invite: [ghost], ...more };
      return String((await who.ask('POST', '/v3/createRoom', body)).room_id);
    };

    it('shows on each side who types and who has read on the other, and nobody comes into a room by reading', async () => {
      const typing = async (on: boolean) => {
        const body = on ? { typing: true, timeout: 30_000 } : { typing: false };
        await ann.ask('PUT', `${at(lobby)}/typing/${encodeURIComponent(ann.id)}`, body);
        await peer.next('typing', (frame) => frame.name === 'Ann' && frame.on === on);
      };
      await typing(true);
      await typing(false);
      const signals = async () => {
        const { rooms } = await ann.ask('GET', '/v3/sync?timeout=0');
        const joined = (rooms as { join: Record<string, { ephemeral: object }> }).join;
        return JSON.stringify(joined[lobby]?.ephemeral);
      };
      peer.say({ type: 'typing', id: 't1', channel: 'lobby', on: true });
      await expect.poll(signals, WITHIN).toContain(`"user_ids":["${ghost}"]`);
      peer.say({ type: 'typing', id: 't2', channel: 'lobby', on: false });
      const said = await ann.say(lobby, 'read this');
      const { seq } = await peer.next('message', ({ message }) => plainText(message.content.rich) === 'read this');
      const eve = await connectPeer(hub.wsUrl, { token: await hub.user(named('eve')) });
      await eve.ask({ type: 'do', kind: 'mark-read', of: { channel: 'lobby', seq } });
      await peer.ask({ type: 'do', kind: 'mark-read', of: { channel: 'lobby', seq } });
      await expect.poll(signals, WITHIN).toContain(`"${said}":{"m.read":{"${ghost}"`);
      const words = await dora.say(`seen on ${store}?`);
      const copy = async () => (await ann.history(lobby)).find((one) => bodyOf(one) === `seen on ${store}?`);
      await expect.poll(copy, WITHIN).toBeDefined();
      await ann.ask('POST', `${at(lobby)}/receipt/m.read/${encodeURIComponent((await copy())?.event_id ?? '')}`, {});
      const upTo = (await dora.page()).find(({ message }) => message.id === words)?.seq;
      const user = userIdOf('matrix', ann.id as AccountId);
      const markers = hub.hub.sql.build.selectFrom('read_markers').select('seq').where('user_id', '=', user);
      await expect.poll(() => hub.hub.sql.read(markers.compile()), WITHIN).toEqual([{ seq: upTo }]);
      const names = JSON.stringify(await ann.ask('GET', `${at(lobby)}/joined_members`));
      expect(names).toContain(named('dora'));
      expect(names).not.toContain(named('eve'));
      await eve.close();
    });

    it('T7: whoever is there by what the homeserver says is connected, and no longer once they have gone', async () => {
      const carl = await world.person(named('carl'));
      await carl.join(lobby);
      const status = (presence: string) =>
        carl.ask('PUT', `/v3/presence/${encodeURIComponent(carl.id)}/status`, { presence });
      const how = async () => {
        const answer = await peer.ask({ type: 'people', channel: 'lobby' });
        const people = answer.type === 'people' ? answer.people : [];
        return people.find(({ user }) => user === userIdOf('matrix', carl.id as AccountId))?.how ?? null;
      };
      expect(await how()).toBe(null);
      await status('online');
      await expect.poll(how, WITHIN).toBe('platform');
      await status('offline');
      await expect.poll(how, WITHIN).toBe(null);
      await status('online');
      await expect.poll(how, WITHIN).toBe('platform');
      await carl.ask('POST', `${at(lobby)}/leave`);
      await expect.poll(how, WITHIN).toBe(null);
    });

    it('U3, T11: what a Matrix account writes to a ghost is asked for, read and answered by its person here', async () => {
      alone = await withGhost(ann);
      await expect.poll(() => membersOf(ann, alone), WITHIN).toEqual([ann.id, ghost].toSorted());
      const first = await ann.say(alone, 'psst');
      await expect
        .poll(invitations, WITHIN)
        .toMatchObject([{ kind: 'direct', by: { name: 'Ann', platform: 'matrix' } }]);
      const [invitation] = await invitations();
      channel = invitation?.channel ?? ('' as ChannelId);
      expect(await dora.client.history(channel, null, 10)).toMatchObject({ code: 'not-found' });
      expect(await dora.client.do('answer-invitation', { channel, answer: 'accept' })).toMatchObject({ ok: true });
      await peer.ask({ type: 'join', channel, after: null });
      expect(await rows()).toEqual(['Ann: psst']);
      const post = await dora.client.post({ channel, text: 'yse?' }).done;
      const answer = post.ok ? post.value.message : null;
      if (answer === null) throw new Error('not posted');
      await expect.poll(() => shown(ann, alone), WITHIN).toContain(`${ghost}: yse?`);
      await dora.client.edit(channel, answer, 'yes?');
      await expect.poll(() => shown(ann, alone), WITHIN).toContain(`${ghost}: yes?`);
      await ann.edit(alone, first, 'psssst');
      await peer.next('edit', (frame) => JSON.stringify(frame).includes('psssst'));
      await ann.react(alone, first, '🔥');
      await peer.next('reaction', (frame) => frame.channel === channel);
      await dora.client.redact(channel, answer);
      await expect.poll(() => shown(ann, alone), WITHIN).not.toContain(`${ghost}: yes?`);
      const oops = await ann.say(alone, 'oops');
      await expect.poll(rows, WITHIN).toContain('Ann: oops');
      await ann.redact(alone, oops);
      await expect.poll(rows, WITHIN).toEqual(['Ann: psssst', `${named('dora')}: `, 'Ann: ']);
      expect(JSON.stringify(await shown(ann, lobby))).not.toContain('psst');
    });

    it('U3, T11: somebody here who writes to a Matrix account has their ghost ask first', async () => {
      const bob = await world.person(named('bob'));
      await bob.join(LOBBY);
      await bob.say(lobby, 'bob is here');
      await peer.next('message', ({ message }) => message.author.name === bob.id.slice(1).split(':')[0]);
      const user = userIdOf('matrix', bob.id as AccountId);
      const opening = () => dora.client.do('open-direct', { users: [user] });
      await expect.poll(async () => (await opening()).ok, WITHIN).toBe(true);
      const opened = await opening();
      const to = opened.ok ? opened.value.channel : ('' as ChannelId);
      await dora.client.post({ channel: to, text: 'a secret' }).done;
      const asked = async () => {
        const { rooms } = await bob.ask('GET', '/v3/sync?timeout=0');
        return Object.entries((rooms as { invite?: Record<string, object> }).invite ?? {});
      };
      await expect.poll(async () => (await asked()).length, WITHIN).toBe(1);
      const [place = '', invite] = (await asked())[0] ?? [];
      expect(JSON.stringify(invite)).toContain(`"sender":"${ghost}"`);
      await bob.join(place);
      await expect
        .poll(async () => (await shown(bob, place)).join(), WITHIN)
        .toContain(`${named('dora')} on Slipmat wants to write`);
      expect((await shown(bob, place)).join()).not.toContain('a secret');
      await bob.say(place, `!accept ${named('dora')}`);
      await expect.poll(() => shown(bob, place), WITHIN).toContain(`${ghost}: a secret`);
      await bob.say(place, 'a secret answer');
      await peer.ask({ type: 'join', channel: to, after: null });
      await peer.next('message', ({ message }) => plainText(message.content.rich) === 'a secret answer');
    });

    it('says why to whoever opens an encrypted room with a ghost, or makes one so, and is not there', async () => {
      const encryption = { algorithm: 'm.megolm.v1.aes-sha2' };
      const place = await withGhost(ann, {
        initial_state: [{ type: 'm.room.encryption', state_key: '', content: encryption }],
      });
      const told = async (room: string) =>
        (await shown(ann, room)).filter((line) => line.includes('end-to-end encrypted'));
      await expect.poll(() => told(place), WITHIN).toHaveLength(1);
      await expect.poll(() => membersOf(ann, place), WITHIN).toEqual([ann.id]);
      await ann.ask('PUT', `${at(alone)}/state/m.room.encryption/`, encryption);
      await expect.poll(() => told(alone), WITHIN).toHaveLength(1);
      await expect.poll(() => membersOf(ann, alone), WITHIN).toEqual([ann.id]);
      // the next word comes in a room that can be carried
      const before = (await invitedTo(ann)).length;
      await dora.client.post({ channel, text: 'still there?' }).done;
      await expect.poll(async () => (await invitedTo(ann)).length, WITHIN).toBe(before + 1);
    });

    it('leaves a room with a ghost into which somebody else is asked, and says why', async () => {
      const place = await withGhost(ann);
      await expect.poll(() => membersOf(ann, place), WITHIN).toContain(ghost);
      await ann.ask('POST', `${at(place)}/invite`, { user_id: `@${named('bob')}:${SERVER_NAME}` });
      await expect.poll(async () => (await shown(ann, place)).join(), WITHIN).toContain('for one person');
      await expect.poll(() => membersOf(ann, place), WITHIN).toEqual([ann.id]);
    });

    it('leaves a ghost neither name nor room once its person is forgotten, nor the history of a room its name', async () => {
      const told = async () => {
        const profile = await ann.ask('GET', `/v3/profile/${encodeURIComponent(ghost)}`).catch(() => null);
        return JSON.stringify([profile, await ann.ask('GET', `${at(lobby)}/members`), await ann.events(lobby)]);
      };
      expect(await told()).toContain(`dora-${store}`);
      const { user } = await personOf(hub, `dora-${store}`);
      expect(await hub.hub.privacy.erasing.begin(user)).toMatchObject({ ok: true });
      await expect.poll(() => membersOf(ann, lobby), WITHIN).not.toContain(ghost);
      await expect.poll(told, WITHIN).not.toContain(`dora-${store}`);
    });
  });
});

async function personOf({ hub }: TestHub, name: string) {
  const person = await hub.accounts.findByName(name);
  if (person === null) throw new Error(`no ${name}`);
  return person;
}

async function invitedTo(who: MatrixPerson): Promise<readonly string[]> {
  const { rooms } = await who.ask('GET', '/v3/sync?timeout=0');
  return Object.keys((rooms as { invite?: Record<string, object> }).invite ?? {});
}
