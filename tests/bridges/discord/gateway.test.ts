import { describe, expect, it } from 'vitest';
import { plainText } from '../../../core/domain/content.ts';
import type { RoomId } from '../../../core/domain/ids.ts';
import { ANN, BEN, GUILD_ID, SECOND_ID } from '../../fakes/discord-world.ts';
import { TIMEOUT } from './fixtures.ts';
import { createRig, ROOM } from './rig.ts';

describe('a lost connection', () => {
  it('is resumed: what was said meanwhile is told again, once, and in order', async () => {
    const rig = await createRig();
    await rig.start();
    rig.server.says(BEN, 'before');
    await rig.told('message');
    rig.server.gateway.drop(false);
    rig.server.says(BEN, 'meanwhile');
    rig.server.says(BEN, 'and then');
    await rig.told('message', 3);
    await rig.settled();
    expect(rig.texts()).toEqual(['before', 'meanwhile', 'and then', 'settled 1']);
    expect(rig.server.gateway.counts).toEqual({ identified: 1, resumed: 1 });
    const link = rig.hub.states.filter(({ room }) => room === null).map(({ state }) => state.kind);
    expect(link).toEqual(['connecting', 'live']);
  });

  it('is begun anew when the session is forgotten, and what was missed is fetched: posts, edits and removals', async () => {
    const rig = await createRig();
    await rig.start();
    const [kept, edited, removed] = ['kept', 'frist', 'oops'].map((text) => rig.server.says(BEN, text));
    if (!kept || !edited || !removed) throw new Error('not said');
    await rig.told('message', 3);
    rig.server.gateway.drop(true);
    await expect.poll(() => rig.server.gateway.connections()).toBe(0);
    rig.server.edits(edited, 'first');
    rig.server.removes(removed);
    rig.server.says(BEN, 'missed');
    await rig.told('message', 4);
    await rig.settled();
    expect(rig.texts()).toEqual(['kept', 'frist', 'oops', 'missed', 'settled 1']);
    expect((await rig.told('edit')).map(({ ref, content }) => [ref.id, plainText(content.rich)])).toEqual([
      [edited.id, 'first'],
    ]);
    const [redaction] = await rig.told('redaction');
    expect(redaction?.of).toEqual({ kind: 'refs', refs: [{ room: ROOM, id: removed.id }] });
    expect(rig.server.gateway.counts).toEqual({ identified: 2, resumed: 0 });
  });

  it('is given up when the token was reset meanwhile, as a failure of the credential', async () => {
    const rig = await createRig();
    await rig.start();
    rig.server.world.isRevoked = true;
    rig.server.gateway.drop(true);
    await expect.poll(() => rig.hub.states.at(-1)?.state.kind).toBe('failed');
    const last = rig.hub.states.at(-1);
    expect(last?.room).toBe(null);
    expect(last?.state).toMatchObject({ failure: { kind: 'auth' }, say: expect.stringContaining('token') });
  });

  it('is reported as failed, to be started anew, when it has not come back for a minute', async () => {
    const rig = await createRig({
      port: (port) => ({
        ...port,
        clock: { ...port.clock, after: (ms, run) => port.clock.after(ms === 60_000 ? 50 : ms, run) },
      }),
    });
    await rig.start();
    rig.server.gateway.mute();
    rig.server.gateway.drop(false);
    await expect
      .poll(() => rig.hub.states.at(-1)?.state)
      .toMatchObject({
        kind: 'failed',
        failure: { kind: 'retryable' },
        say: expect.stringContaining('for a minute'),
      });
  });

  it('leaves nothing behind when the bridge is stopped while it comes back', async () => {
    const rig = await createRig();
    await rig.start();
    rig.server.gateway.drop(true);
    await expect.poll(() => rig.hub.states.at(-1)?.state.kind).toBe('connecting');
    await rig.bridge.stop();
    await expect.poll(() => rig.server.gateway.connections()).toBe(0);
    const { identified } = rig.server.gateway.counts;
    await rig.start();
    expect(rig.server.gateway.counts.identified).toBe(identified + 1);
    expect(rig.server.gateway.connections()).toBe(1);
  });
});

describe('a start', () => {
  it('fails clearly when an intent is not allowed', async () => {
    const rig = await createRig();
    rig.server.gateway.refuse(4014);
    await expect(rig.start()).rejects.toMatchObject({
      failure: { kind: 'auth' },
      message: expect.stringMatching(/MESSAGE CONTENT and SERVER MEMBERS.*README\.md#intents/),
    });
  });

  it('fails clearly when the token is wrong', async () => {
    const rig = await createRig({ config: { token: 'MTAwMDAwMDAwMDAwMDAwMDAwMQ.wrong.token' } });
    await expect(rig.start()).rejects.toMatchObject({
      failure: { kind: 'auth' },
      message: expect.stringContaining('README.md#token'),
    });
  });

  it('can be tried again when Discord cannot be reached', async () => {
    const rig = await createRig({ config: { apiRoot: 'http://127.0.0.1:9/api' } });
    await expect(rig.start()).rejects.toMatchObject({ failure: { kind: 'retryable' } });
  });
});

describe('odd packets', () => {
  it('end nothing: what the client chokes on is still heard, and so is what follows', async () => {
    const rig = await createRig();
    await rig.start();
    const odd = { application: { id: '1000000000000000500', install_params: null } };
    rig.server.says(BEN, 'with odd fields', { extra: odd });
    const { dispatch } = rig.server.gateway;
    dispatch('MESSAGE_CREATE', null);
    dispatch('MESSAGE_CREATE', { id: 7 });
    dispatch('MESSAGE_UPDATE', { id: '1', channel_id: ROOM, author: null });
    dispatch('MESSAGE_REACTION_ADD', { emoji: null });
    dispatch('GUILD_MEMBER_UPDATE', { guild_id: GUILD_ID, user: null });
    dispatch('GUILD_AUDIT_LOG_ENTRY_CREATE', {});
    dispatch('INTERACTION_CREATE', { type: 2, data: null });
    dispatch('CHANNEL_UPDATE', null);
    dispatch('GUILD_ROLE_UPDATE', { guild_id: GUILD_ID });
    dispatch('NO_SUCH_THING', { a: 1 });
    await rig.settled();
    expect(rig.texts()).toEqual(['with odd fields', 'settled 1']);
    expect(rig.hub.logged()).toContain('odd packet left out');
  });

  it('end nothing when they come before the client is ready', async () => {
    const rig = await createRig();
    rig.server.afterReady(() => {
      rig.server.says(BEN, 'early', { extra: { application: { id: '1', install_params: null } } });
    });
    await rig.start();
    await rig.settled();
    expect(rig.texts()).toContain('settled 1');
  });
});

describe('a gap between two runs', () => {
  it('is filled from where the hub has stored, page after page, and nothing older is told', async () => {
    const rig = await createRig();
    rig.server.says(BEN, 'before the link');
    await rig.start();
    rig.server.says(BEN, 'stored');
    await rig.told('message');
    await expect.poll(() => rig.hub.cursor()).not.toBe(null);
    await rig.bridge.stop();
    const expected = Array.from({ length: 250 }, (_, n) => `missed ${n}`);
    for (const text of expected) rig.server.says(BEN, text);
    await rig.start();
    await rig.told('message', 251);
    await rig.settled();
    expect(rig.texts()).toEqual(['stored', ...expected, 'settled 1']);
  });

  it('shows what was edited and removed meanwhile, and what of ours was removed', async () => {
    const rig = await createRig();
    await rig.start();
    const edited = rig.server.says(BEN, 'frist');
    const removed = rig.server.says(BEN, 'oops');
    const copy = await rig.post('a copy');
    await rig.settled();
    await rig.bridge.stop();
    rig.server.edits(edited, 'first');
    rig.server.removes(removed);
    const own = rig.server.world.find(ROOM, copy.id);
    if (own === null) throw new Error('no copy');
    rig.server.removes(own);
    await rig.start();
    expect((await rig.told('edit')).map(({ content }) => plainText(content.rich))).toEqual(['first']);
    const [redaction] = await rig.told('redaction');
    expect(redaction?.of).toEqual({ kind: 'refs', refs: [removed.id, copy.id].map((id) => ({ room: ROOM, id })) });
    await rig.bridge.stop();
    await rig.start();
    await rig.settled();
    expect([(await rig.told('edit')).length, (await rig.told('redaction')).length]).toEqual([1, 1]);
  });

  it('is filled in a room that was linked while it was empty', async () => {
    const rig = await createRig({ rooms: [SECOND_ID as RoomId] });
    await rig.start();
    await expect
      .poll(() => rig.server.requests.some(({ path }) => path === `/channels/${SECOND_ID}/messages`))
      .toBe(true);
    await expect.poll(() => rig.hub.states.length).toBeGreaterThan(0);
    await rig.bridge.stop();
    rig.server.says(BEN, 'first of all', { channel: SECOND_ID });
    await rig.start();
    await rig.told('message');
    expect(rig.texts()).toEqual(['first of all']);
  });
});

describe('a hub that cannot store', () => {
  it('is asked again until it can, and the order stays', async () => {
    let isDown = true;
    const rig = await createRig({
      port: (port) => ({
        ...port,
        async receive(inbound) {
          if (isDown) return { kind: 'refused', code: 'unavailable', say: 'not now', retryAfterMs: 20 };
          return port.receive(inbound);
        },
      }),
    });
    await rig.start();
    for (const text of ['one', 'two', 'three']) rig.server.says(BEN, text);
    await expect.poll(() => rig.hub.logged()).toContain('the hub cannot store it now');
    isDown = false;
    await rig.told('message', 3);
    expect(rig.texts()).toEqual(['one', 'two', 'three']);
  });

  it('gets what could not wait as well, once it has caught up', async () => {
    const rig = await createRig();
    await rig.start();
    rig.server.says(BEN, 'first');
    await rig.told('message');
    const release = rig.hub.holdReceipts();
    const expected = Array.from({ length: 700 }, (_, n) => `flood ${n}`);
    for (const text of expected) rig.server.says(BEN, text);
    await expect.poll(() => rig.hub.logged()).toContain('more than can wait');
    release();
    await rig.told('message', 701);
    expect(rig.texts()).toEqual(['first', ...expected]);
  });
});

describe('commands and buttons', () => {
  it('are registered once for each server, and again only when they change', async () => {
    const rig = await createRig({ commands: [TIMEOUT] });
    await rig.start();
    await expect.poll(() => rig.server.world.commands.length).toBe(1);
    expect(rig.server.world.commands[0]?.guild).toBe(GUILD_ID);
    await rig.settled();
    await rig.bridge.stop();
    await rig.start();
    await rig.settled();
    expect(rig.server.world.commands).toHaveLength(1);
  });

  it('come with a ticket, are acknowledged at once for the asker alone, and answered there', async () => {
    const rig = await createRig({ commands: [TIMEOUT] });
    await rig.start();
    const data = {
      id: '1',
      name: 'timeout',
      type: 1,
      options: [
        { name: 'person', type: 6, value: ANN.id },
        { name: 'minutes', type: 4, value: 5 },
      ],
      resolved: { users: { [ANN.id]: ANN }, members: {} },
    };
    const asked = rig.server.asks(BEN, data, 2, SECOND_ID);
    const [command] = await rig.told('command');
    expect(command).toMatchObject({
      name: 'timeout',
      text: '@Ann 5',
      room: SECOND_ID,
      by: { id: BEN.id },
      target: { id: ANN.id },
    });
    expect(asked.acknowledged).toEqual({ type: 5, flags: 64 });
    const ticket = command?.ticket ?? '';
    const text = [{ t: 'text', text: 'done *so*' }] as const;
    await rig.run('respond', { ticket, text, choices: [{ id: 'undo', label: 'Undo' }], isPrivate: true });
    expect(asked.answers).toMatchObject([{ content: 'done \\*so\\*', flags: 64 }]);
    rig.server.asks(BEN, { custom_id: 'hub:undo', component_type: 2 }, 3);
    expect(await rig.told('choice')).toMatchObject([{ id: 'undo', room: ROOM, by: { id: BEN.id } }]);
    expect(rig.hub.logged()).not.toContain(asked.token);
  });

  it('are answered for all to see when the answer is not private', async () => {
    const rig = await createRig({ commands: [TIMEOUT] });
    await rig.start();
    const asked = rig.server.asks(BEN, { id: '1', name: 'timeout', type: 1 });
    const [command] = await rig.told('command');
    await rig.run('respond', {
      ticket: command?.ticket ?? '',
      text: [{ t: 'text', text: 'hear' }],
      choices: [],
      isPrivate: false,
    });
    expect(asked.answers).toMatchObject([{ content: 'hear', flags: 0 }]);
  });

  it('of other programs are left alone', async () => {
    const rig = await createRig({ commands: [TIMEOUT] });
    await rig.start();
    const asked = rig.server.asks(BEN, { id: '1', name: 'play', type: 1 });
    await rig.settled();
    expect([asked.acknowledged, rig.hub.received.some(({ kind }) => kind === 'command')]).toEqual([null, false]);
  });
});
