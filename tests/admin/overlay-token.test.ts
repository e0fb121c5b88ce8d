import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HubFrame } from '../../bridges/slipmat/protocol.ts';
import { deeds, questions } from '../../core/plugin/asked/table.ts';
import type { ShownToken } from '../../core/plugin/asked/tokens.ts';
import { caller } from '../api/rig.ts';
import { connectPeer, newKey, PATIENT, type Peer } from '../fakes/socket-peer.ts';
import { type Device, type Rig, startRig } from '../relations/rig.ts';

interface Made {
  readonly token: ShownToken;
  readonly secret: string;
}

for (const kind of ['embedded', 'redis'] as const) {
  describe(`a token for an overlay, on the ${kind} store`, () => {
    let rig: Rig;
    let kool: Device;
    let ann: Device;
    let channel: string;
    let secret: string;
    let token: ShownToken;
    const open: Peer[] = [];
    beforeAll(async () => {
      rig = await startRig(kind, { config: { ...PATIENT, accounts: { guests: 'off', signUp: 'open' } } });
      kool = await rig.device('kool', rig.hubs[0], 'dj');
      ann = await rig.device('ann');
      channel = ((await rig.hubs[0].hub.accounts.makeDj('kool', null)) as { value: { channel: string } }).value.channel;
      await ann.join(channel);
      for (let n = 0; n < 60; n += 1) await says(`before ${n}`);
      ({ token, secret } = await kool.does<Made>('create-overlay-token', { channel }));
    });
    afterAll(async () => {
      await Promise.all(open.map((peer) => peer.close()));
      await rig.close();
    });

    async function says(text: string, where = channel): Promise<string> {
      const key = newKey();
      const said = await ann.ask({ type: 'post', channel: where, key, text, attachments: [], replyTo: null });
      if (said.type !== 'ack' || said.message === null) throw new Error(`not said: ${JSON.stringify(said)}`);
      return said.message;
    }
    /** An overlay, at the other hub where there are two. */
    async function overlay(with_ = secret): Promise<Peer> {
      const peer = await connectPeer(rig.other.wsUrl, { token: with_ });
      open.push(peer);
      return peer;
    }
    const joins = (peer: Peer, where = channel, after: object | null = null): Promise<HubFrame> =>
      peer.ask({ type: 'join', channel: where, after, limit: 100 });

    it('shows what is said in its channel, and what becomes of it', async () => {
      const peer = await overlay();
      expect(await joins(peer)).toMatchObject({ type: 'joined', mode: 'reset', isEnd: false });
      const id = await says('hello stream');
      await peer.next('message', (frame) => frame.message.id === id);
      expect(await ann.ask({ type: 'redact', channel, message: id, key: newKey(), reason: null })).toMatchObject({
        type: 'ack',
      });
      await peer.next('redaction', (frame) => frame.id === id);
    });

    it('is given the newest page alone, whatever it asks, and resumes where it just was', async () => {
      const peer = await overlay();
      const joined = await joins(peer);
      if (joined.type !== 'joined') throw new Error('not joined');
      expect(joined.messages).toHaveLength(50);
      const page = await peer.ask({ type: 'history', channel, before: 10, limit: 100 });
      if (page.type !== 'history') throw new Error('no page');
      expect(page.messages.map(({ seq }) => seq)).toEqual(joined.messages.map(({ seq }) => seq));
      const near = { epoch: joined.epoch, seq: joined.seq };
      await says('meanwhile');
      const again = await overlay();
      expect(await joins(again, channel, near)).toMatchObject({ mode: 'resumed' });
      await again.next('message', (frame) => JSON.stringify(frame).includes('meanwhile'));
    });

    it('goes back to nothing that was said before it was made by resuming', async () => {
      const peer = await overlay();
      const { epoch } = await peer.next('welcome');
      const far = await joins(peer, channel, { epoch, seq: 1 });
      expect(far).toMatchObject({ type: 'joined', mode: 'reset' });
      expect(far.type === 'joined' && far.messages.length).toBe(50);
    });

    it('finds no other channel, and its list has its own alone', async () => {
      const peer = await overlay();
      expect(await joins(peer, 'lobby')).toMatchObject({ type: 'error', code: 'not-found' });
      const list = await peer.ask({ type: 'channels' });
      expect(list.type === 'channels' && list.channels.map(({ id }) => id)).toEqual([channel]);
      await says('in the lobby', 'lobby');
      const id = await says('in its own');
      expect(await joins(peer)).toMatchObject({ type: 'joined' });
      await says('last');
      await peer.next('message', (frame) => JSON.stringify(frame).includes('last'));
      expect(JSON.stringify(peer.frames)).not.toContain('in the lobby');
      expect(JSON.stringify(peer.frames)).toContain(id);
    });

    it('does nothing and learns nothing else: no post, no command, no question and no act, over the socket and REST', async () => {
      const peer = await overlay();
      await joins(peer);
      const message = await says('to be left alone');
      const key = newKey();
      for (const frame of [
        { type: 'post', channel, key, text: 'spam', attachments: [], replyTo: null },
        { type: 'edit', channel, key, message, text: 'spam' },
        { type: 'redact', channel, key, message, reason: null },
        { type: 'react', channel, key, message, emoji: '👍', on: true },
        { type: 'command', channel, text: 'help', replyTo: null },
        { type: 'people', channel },
        { type: 'search', channel, text: 'hello', before: null, limit: 10 },
        { type: 'message', channel, message },
      ]) {
        expect([frame.type, await peer.ask(frame)]).toEqual([
          frame.type,
          expect.objectContaining({ type: 'error', code: 'forbidden' }),
        ]);
      }
      const asked = Object.entries({ ...questions, ...deeds });
      const closed = asked.filter(([, { forOverlays }]) => forOverlays === undefined);
      expect(closed.length).toBe(asked.length - 3);
      const rest = caller(rig.other.url, secret);
      for (const path of ['/me', '/tokens', `/channels/${channel}/people`, `/channels/${channel}/seen`, '/audit']) {
        expect([path, (await rest('GET', path)).status]).toEqual([path, 403]);
      }
      expect((await rest('POST', `/channels/${channel}/messages`, { text: 'spam' })).status).toBe(403);
      const upload = await fetch(`${rig.other.url}/api/media?name=a.txt`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'text/plain' },
        body: 'hello',
      });
      expect(upload.status).toBe(403);
      await says('after all');
      await peer.next('message', (frame) => JSON.stringify(frame).includes('after all'));
      expect(JSON.stringify(ann.frames)).not.toContain('spam');
    });

    it('is nobody who is there: in no list and no count, and hears nobody typing', async () => {
      const peer = await overlay();
      await joins(peer);
      const people = async () => await ann.asks<{ people: readonly { name: string }[] }>('people', { channel });
      await expect.poll(async () => (await people()).people.map(({ name }) => name)).toEqual(['ann']);
      const reader = await rig.device('reader', rig.other);
      await reader.join(channel);
      ann.say({ type: 'typing', id: 'typing', channel, on: true });
      await reader.next('typing');
      await says('typed');
      await peer.next('message', (frame) => JSON.stringify(frame).includes('typed'));
      expect(peer.frames.filter(({ type }) => type === 'typing' || type === 'self')).toEqual([]);
      await expect
        .poll(async () => (await people()).people.map(({ name }) => name).toSorted())
        .toEqual(['ann', 'reader']);
    });

    it('is made for what may be on a stream: not for crew and direct channels, nor those that one cannot read', async () => {
      const list = await kool.ask({ type: 'channels' });
      const crew = list.type === 'channels' ? list.channels.find((one) => one.kind === 'crew')?.id : undefined;
      expect(await kool.refusal({ type: 'do', kind: 'create-overlay-token', of: { channel: crew } })).toBe('forbidden');
      expect(await ann.refusal({ type: 'do', kind: 'create-overlay-token', of: { channel: crew } })).toBe('not-found');
      const wish = { name: 'x', scopes: ['overlay'] };
      expect(await ann.refusal({ type: 'do', kind: 'create-token', of: wish })).toBe('bad-request');
    });

    it('lets nobody in unnoticed: an admin who made it, or any other token, stays seen and may post', async () => {
      const root = await rig.device('root', rig.hubs[0], 'admin');
      const shown = await root.does<Made>('create-overlay-token', { channel });
      const reading = await root.does<Made>('create-token', { name: 'reads', scopes: ['read', 'account'] });
      for (const given of [shown.secret, reading.secret]) {
        const peer = await overlay(given);
        const joined = await peer.ask({ type: 'join', channel, after: null, unnoticed: true });
        expect(joined).toMatchObject({ type: 'error', code: 'forbidden' });
      }
      await root.join(channel);
      const said = await root.ask({
        type: 'post',
        channel,
        key: newKey(),
        text: 'here',
        attachments: [],
        replyTo: null,
      });
      expect(said).toMatchObject({ type: 'ack' });
      const { acts } = await root.asks<{ acts: readonly { act: string }[] }>('hub-audit');
      expect(acts.filter(({ act }) => act === 'unnoticed')).toEqual([]);
      await root.does('revoke-token', { id: shown.token.id });
    });

    it('is listed and revoked by who made it and by the DJ, and ends at once on every hub', async () => {
      const tokens = async (who: Device) =>
        (await who.asks<{ tokens: readonly ShownToken[] }>('overlay-tokens', { channel })).tokens.map(({ id }) => id);
      const own = await ann.does<Made>('create-overlay-token', { channel, name: 'mine' });
      expect(await tokens(ann)).toEqual([own.token.id]);
      expect(await tokens(kool)).toEqual([own.token.id, token.id]);
      expect(await ann.refusal({ type: 'do', kind: 'revoke-token', of: { id: token.id } })).toBe('not-found');
      const [first, second] = [await overlay(own.secret), await overlay()];
      await joins(first);
      await joins(second);
      await kool.does('revoke-token', { id: own.token.id });
      expect(await first.closed).toBe(4403);
      await kool.does('revoke-token', { id: token.id });
      expect(await second.closed).toBe(4403);
      expect(await tokens(kool)).toEqual([]);
      expect((await caller(rig.other.url, secret)('GET', `/channels/${channel}`)).status).toBe(401);
    });
  });
}
