import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf } from '../fakes/people.ts';
import { given, heard, openTown, type Someone, STORES, type Town, WITHIN } from './rig.ts';

describe.each(STORES)('private conversations over %s', (store) => {
  let town: Town;
  let ann: Someone;
  let bob: Someone;
  let eve: Someone;
  beforeAll(async () => {
    town = await openTown(store);
    [ann, bob, eve] = await Promise.all([town.someone('ann'), town.someone('bob'), town.someone('eve', 'admin')]);
  });
  afterAll(() => town.close());

  it('U3: what one person writes to another is read by these two alone, whoever opens it', async () => {
    const channel = await ann.open(bob);
    expect(await bob.open(ann)).toBe(channel);
    const peer = await bob.listen(channel);
    await ann.tell(channel, 'only you');
    await expect.poll(() => heard(peer), WITHIN).toEqual(['only you']);
    expect(await bob.texts(channel)).toEqual(['only you']);
    await expect.poll(() => ann.channels(), WITHIN).toContain(channel);
    await expect.poll(() => bob.channels(), WITHIN).toContain(channel);
    expect(await eve.channels()).not.toContain(channel);
    expect(await eve.client.history(channel, null, 10)).toMatchObject({ ok: false, code: 'not-found' });
    expect((await eve.client.join(channel)).ok).toBe(false);
    expect(outcomeOf(await eve.client.post({ channel, text: 'me too' }).done)).toBe('not-found');
    expect((await eve.client.ask('members', { channel })).ok).toBe(false);
    const listed = (await bob.client.channels()).find(({ id }) => id === channel);
    expect(listed).toMatchObject({ kind: 'direct', name: 'ann', rank: 'listener', mayPost: true });
    await peer.close();
  });

  it('U3: several write to one another, and the same people always find the same conversation', async () => {
    const three = await ann.open(bob, eve);
    expect(await eve.open(ann, bob)).toBe(three);
    expect(await ann.open(bob)).not.toBe(three);
    await eve.tell(three, 'all three');
    await expect.poll(() => bob.texts(three), WITHIN).toEqual(['all three']);
    const { members } = await given(bob.client.ask('members', { channel: three }));
    expect(members.map(({ name, state }) => `${name} ${state}`).toSorted()).toEqual(['ann in', 'bob in', 'eve in']);
    // an admin among them is one of them, and no more
    const message = await bob.tell(three, 'mine');
    expect(outcomeOf(await eve.client.redact(three, message))).toBe('forbidden');
  });

  it('U3: whoever has had enough of several leaves; they are asked before they are in it again', async () => {
    const [dan, finn] = await Promise.all([town.someone('dan'), town.someone('finn')]);
    const three = await ann.open(dan, finn);
    await ann.tell(three, 'all three');
    const peer = await finn.listen(three);
    await given(finn.client.do('leave-channel', { channel: three }));
    await peer.next('removed');
    await ann.tell(three, 'without finn');
    expect(heard(peer)).toEqual([]);
    expect(await finn.channels()).not.toContain(three);
    expect(await finn.client.history(three, null, 10)).toMatchObject({ code: 'not-found' });
    const named = async () => (await dan.client.channels()).find(({ id }) => id === three)?.name;
    await expect.poll(named, WITHIN).toBe('ann');
    const from = peer.frames.length;
    expect(await given(ann.client.do('open-direct', { users: [dan.user, finn.user] }))).toMatchObject({
      channel: three,
      say: expect.stringContaining('finn was asked'),
    });
    const asked = await peer.next('self', ({ what }) => what.kind === 'invitation' && what.channel === three, from);
    expect(asked).toMatchObject({ what: { invitation: { kind: 'direct', by: { name: 'ann' } } } });
    expect(await finn.channels()).not.toContain(three);
    await given(finn.client.do('answer-invitation', { channel: three, answer: 'accept' }));
    await peer.next('self', ({ what }) => what.kind === 'invitation' && what.invitation === null, from);
    await ann.tell(three, 'welcome back');
    expect(await finn.texts(three)).toEqual(['welcome back']);
    const two = await ann.open(dan);
    expect(await dan.client.do('leave-channel', { channel: two })).toMatchObject({ ok: false, code: 'forbidden' });
    await peer.close();
  });

  it('U4: notes to oneself are one conversation, and nobody else finds it', async () => {
    const notes = await ann.open();
    expect(await ann.open(ann)).toBe(notes);
    await ann.tell(notes, 'buy records');
    expect(await ann.texts(notes)).toEqual(['buy records']);
    const name = async () => (await ann.client.channels()).find(({ id }) => id === notes)?.name;
    await expect.poll(name, WITHIN).toBe('Notes to yourself');
    expect(await bob.open()).not.toBe(notes);
    expect(await bob.client.history(notes, null, 10)).toMatchObject({ ok: false, code: 'not-found' });
  });

  it('a private channel is entered by invitation, and shows what was said from then on', async () => {
    const { channel } = await given(ann.client.do('create-private', { name: 'Crate diggers', users: [bob.user] }));
    const old = await ann.tell(channel, 'before');
    expect(await bob.channels()).not.toContain(channel);
    expect((await bob.client.join(channel)).ok).toBe(false);
    const { invitations } = await given(bob.client.ask('invitations', {}));
    expect(invitations).toMatchObject([{ channel, kind: 'private', name: 'Crate diggers', by: { name: 'ann' } }]);
    await given(bob.client.do('answer-invitation', { channel, answer: 'accept' }));
    const peer = await bob.listen(channel);
    await ann.client.edit(channel, old, 'before, edited');
    await ann.tell(channel, 'about the first', old);
    await ann.tell(channel, 'after');
    await expect.poll(() => heard(peer), WITHIN).toEqual(['about the first', 'after']);
    expect(JSON.stringify(peer.frames)).not.toContain('before');
    expect(await bob.texts(channel)).toEqual(['about the first', 'after']);
    expect(JSON.stringify(await bob.rows(channel))).not.toContain('before');
    expect(await bob.client.ask('message', { channel, id: old })).toMatchObject({ ok: false, code: 'not-found' });
    const again = await peer.ask({ type: 'join', channel, after: { epoch: epochOf(peer.frames), seq: 1 }, limit: 50 });
    expect(again).toMatchObject({ type: 'joined', mode: 'resumed' });
    expect(JSON.stringify(peer.frames)).not.toContain('before');
    await peer.close();
  });

  it('members invite, leave freely and keep a channel whose maker leaves', async () => {
    const { channel } = await given(ann.client.do('create-private', { name: 'Set list', users: [bob.user] }));
    await given(bob.client.do('answer-invitation', { channel, answer: 'accept' }));
    expect(await bob.client.do('rename-channel', { channel, name: 'Mine' })).toMatchObject({ code: 'forbidden' });
    await given(ann.client.do('rename-channel', { channel, name: 'Setlist' }));
    await given(bob.client.do('invite', { channel, users: [eve.user] }));
    await given(eve.client.do('answer-invitation', { channel, answer: 'decline' }));
    expect(await eve.channels()).not.toContain(channel);
    expect((await given(eve.client.ask('invitations', {}))).invitations).toEqual([]);
    const peer = await ann.listen(channel);
    await given(ann.client.do('leave-channel', { channel }));
    await peer.next('removed');
    await bob.tell(channel, 'gone?');
    expect(await ann.client.history(channel, null, 10)).toMatchObject({ ok: false, code: 'not-found' });
    expect(heard(peer)).toEqual([]);
    await given(bob.client.do('rename-channel', { channel, name: 'Bob only' }));
    const { members } = await given(bob.client.ask('members', { channel }));
    expect(members).toMatchObject([
      { name: 'bob', isOwner: true },
      { name: 'eve', state: 'invited' },
    ]);
    await peer.close();
  });

  it('U3: whoever leaves a group of more than two hears no more of it, and is not brought back by others', async () => {
    const channel = await ann.open(bob, eve);
    await ann.tell(channel, 'all three');
    expect(await eve.client.do('leave-channel', { channel: await ann.open(eve) })).toMatchObject({ code: 'forbidden' });
    const peer = await eve.listen(channel);
    await given(eve.client.do('leave-channel', { channel }));
    await peer.next('removed');
    await bob.tell(channel, 'just us');
    expect(await bob.open(ann, eve)).toBe(channel);
    expect(await eve.channels()).not.toContain(channel);
    expect(await eve.client.history(channel, null, 10)).toMatchObject({ ok: false, code: 'not-found' });
    expect(JSON.stringify(peer.frames)).not.toContain('just us');
    expect(await eve.open(ann, bob)).toBe(channel);
    await ann.tell(channel, 'welcome back');
    expect(await eve.texts(channel)).toEqual(['welcome back']);
    await peer.close();
  });

  it('one who has a conversation in front of them hears of what others have opened with them', async () => {
    const { channel } = await given(eve.client.do('create-private', { name: 'Watch', users: [bob.user] }));
    const peer = await bob.listen('lobby' as never);
    await peer.ask({ type: 'channels' });
    const from = peer.frames.length;
    await given(bob.client.do('answer-invitation', { channel, answer: 'accept' }));
    const told = await peer.next('channels', ({ channels }) => channels.some(({ id }) => id === channel), from);
    expect(told.channels.find(({ id }) => id === channel)?.name).toBe('Watch');
    await peer.close();
  });
});

function epochOf(frames: readonly { readonly type: string }[]): string {
  const joined = frames.find((frame) => frame.type === 'joined') as { readonly epoch: string } | undefined;
  return joined?.epoch ?? '';
}
