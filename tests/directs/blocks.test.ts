import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelId, Seq } from '../../core/domain/ids.ts';
import { outcomeOf } from '../fakes/people.ts';
import { given, heard, openTown, type Someone, STORES, type Town, WITHIN } from './rig.ts';

describe.each(STORES)('blocks in conversations over %s', (store) => {
  let town: Town;
  let ann: Someone;
  let bob: Someone;
  let sam: Someone;
  beforeAll(async () => {
    town = await openTown(store);
    [ann, bob, sam] = await Promise.all([town.someone('ann'), town.someone('bob'), town.someone('sam')]);
    await given(bob.client.do('block', { user: sam.user }));
  });
  afterAll(() => town.close());

  it('U6: who is blocked is answered as ever, and nothing of it reaches the one who blocked', async () => {
    const before = await bob.channels();
    const channel = await sam.open(bob);
    const toAnn = await sam.open(ann);
    const said = await sam.client.post({ channel, text: 'listen to me' }).done;
    const open = await sam.client.post({ channel: toAnn, text: 'hello' }).done;
    expect(shapeOf(said)).toEqual(shapeOf(open));
    expect(await sam.texts(channel)).toEqual(['listen to me']);
    const states = async (id: ChannelId) =>
      (await given(sam.client.ask('members', { channel: id }))).members.map(({ state }) => state);
    expect(await states(channel)).toEqual(await states(toAnn));
    expect(await bob.channels()).toEqual(before);
    expect(await bob.client.history(channel, null, 10)).toMatchObject({ ok: false, code: 'not-found' });
    expect(
      (await given(bob.client.ask('search', { text: 'listen', channel: null, before: null, limit: 10 }))).messages,
    ).toEqual([]);
    // unblocked, the next message brings the conversation to them, and only that
    await given(bob.client.do('unblock', { user: sam.user }));
    await sam.tell(channel, 'sorry');
    await expect.poll(() => bob.channels(), WITHIN).toContain(channel);
    expect(await bob.texts(channel)).toEqual(['sorry']);
    await given(bob.client.do('block', { user: sam.user }));
  });

  it('U6: in a group what the blocked one says reaches the others, and no trace of it the one who blocked', async () => {
    const three = await ann.open(bob, sam);
    const [toAnn, toBob] = [await ann.listen(three), await bob.listen(three)];
    const first = await sam.tell(three, 'psst everybody');
    await expect.poll(() => heard(toAnn), WITHIN).toEqual(['psst everybody']);
    await sam.client.edit(three, first, 'psst edited');
    expect(outcomeOf(await ann.client.react(three, first, '👍', true))).toBe('posted');
    const answer = await ann.tell(three, 'what is it?', first);
    await sam.client.react(three, answer, '🙄', true);
    await ann.tell(three, 'the end');
    await expect.poll(() => heard(toBob), WITHIN).toEqual(['what is it?', 'the end']);
    expect(JSON.stringify(toBob.frames)).not.toMatch(/psst|🙄|👍/u);
    expect(JSON.stringify(await bob.rows(three))).not.toMatch(/psst|🙄|👍/u);
    expect(JSON.stringify(await ann.rows(three))).toMatch(/psst/u);
    expect(await bob.client.ask('message', { channel: three, id: first })).toMatchObject({ code: 'not-found' });
    expect(outcomeOf(await bob.client.react(three, first, '👍', true))).toBe('not-found');
    const hits = await given(bob.client.ask('search', { text: 'psst', channel: null, before: null, limit: 10 }));
    expect(hits.messages).toEqual([]);
    const endFor = async (who: typeof bob) => (await given(who.client.ask('channel', { channel: three }))).headSeq ?? 0;
    const end = await endFor(bob);
    expect(end).toBe(await endFor(ann));
    await sam.tell(three, 'psst again');
    await expect.poll(() => endFor(ann), WITHIN).toBeGreaterThan(end);
    expect(await endFor(bob)).toBe(end);
    sam.client.typing(three, true);
    const resumed = await toBob.ask({
      type: 'join',
      channel: three,
      after: { epoch: epochOf(toBob), seq: 0 as Seq },
      limit: 50,
    });
    expect(resumed.type).toBe('joined');
    expect(JSON.stringify(toBob.frames)).not.toMatch(/psst|🙄|👍|"typing"/u);
    await toAnn.close();
    await toBob.close();
  });

  it('U6: a block holds for what was archived too, and after a restart', async () => {
    const three = await ann.open(bob, sam);
    const { sql } = town.hub().hub;
    const archived = async () =>
      (await sql.read(sql.build.selectFrom('messages').select('id').where('channel_id', '=', three).compile())).length;
    await expect.poll(archived, WITHIN).toBe(4);
    await town.restart();
    [ann, bob, sam] = [await town.someone('ann'), await town.someone('bob'), await town.someone('sam')];
    expect(await bob.texts(three)).toEqual(['what is it?', 'the end']);
    expect(JSON.stringify(await bob.rows(three))).not.toMatch(/psst|🙄|👍/u);
    const hits = await given(bob.client.ask('search', { text: 'psst', channel: null, before: null, limit: 10 }));
    expect(hits.messages).toEqual([]);
  });
});

function shapeOf(written: { readonly ok: boolean; readonly value?: unknown }): unknown {
  return JSON.parse(JSON.stringify(written), (key, value) =>
    key === 'message' || key === 'seq' ? typeof value : value,
  );
}
function epochOf({ frames }: { readonly frames: readonly { readonly type: string }[] }): string {
  const joined = frames.find(({ type }) => type === 'joined') as { readonly epoch: string } | undefined;
  return joined?.epoch ?? '';
}
