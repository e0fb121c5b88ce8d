import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../core/domain/live-event.ts';
import { plan, reaches, turn } from '../events/rig.ts';
import { movedClock } from '../portals/rig.ts';
import { given, heard, openTown, type Someone, STORES, type Town, WITHIN } from './rig.ts';

describe.each(STORES)('a DJ on air, over %s', (store) => {
  let town: Town;
  let kool: Someone;
  let ann: Someone;
  let bob: Someone;
  const clock = movedClock();
  beforeAll(async () => {
    town = await openTown(store, { clock });
    [kool, ann, bob] = await Promise.all([town.someone('kool', 'dj'), town.someone('ann'), town.someone('bob')]);
  });
  afterAll(() => town.close());
  const hub = () => town.hub().hub;

  async function warmup(title: string): Promise<LiveEvent> {
    const event = await plan(hub(), 'kool', title, clock.now() + 60_000);
    await reaches(hub(), event.channel, 'warmup');
    return event;
  }
  const held = async () =>
    (await hub().sql.read(hub().sql.build.selectFrom('held_directs').selectAll().compile())).length;
  const now = (event: LiveEvent) =>
    hub()
      .knowledge.directory.events.current()
      .find(({ id }) => id === event.id) ?? event;

  it('D3: gets what is written in private once the event has ended, and who wrote it is told so', async () => {
    const channel = await ann.open(kool);
    await ann.tell(channel, 'good luck');
    const event = await warmup('Friday');
    const peer = await kool.listen(channel);
    const said = await ann.client.post({ channel, text: 'can you hear me' }).done;
    expect(said).toMatchObject({
      ok: true,
      value: { outcome: 'posted', say: expect.stringContaining('kool is live') },
    });
    await turn(hub(), 'kool', now(event), 'start');
    await ann.tell(channel, 'second');
    expect(await kool.texts(channel)).toEqual(['good luck']);
    expect(heard(peer)).toEqual([]);
    // notes to oneself wait for nothing, and what the DJ writes goes out
    const notes = await kool.open();
    await kool.tell(notes, 'next: disco');
    expect(await kool.texts(notes)).toEqual(['next: disco']);
    await kool.tell(channel, 'busy');
    await expect.poll(() => heard(peer), WITHIN).toEqual(['busy']);
    await turn(hub(), 'kool', now(event), 'end');
    await expect.poll(() => heard(peer), WITHIN).toEqual(['busy', 'can you hear me', 'second']);
    expect(await kool.texts(channel)).toEqual(['good luck', 'can you hear me', 'second', 'busy']);
    expect(await ann.texts(channel)).toEqual(['good luck', 'can you hear me', 'second', 'busy']);
    await expect.poll(held, WITHIN).toBe(0);
    const resumed = await peer.ask({ type: 'join', channel, after: { epoch: epochOf(peer), seq: 2 }, limit: 50 });
    expect(resumed).toMatchObject({ type: 'joined', mode: 'resumed' });
    await peer.close();
  });

  it('D3: in a group it is held for the DJ alone; changed meanwhile it comes as it is by then, deleted not at all', async () => {
    const group = await ann.open(kool, bob);
    const event = await warmup('Saturday');
    const [toKool, toBob] = [await kool.listen(group), await bob.listen(group)];
    const first = await ann.tell(group, 'frist');
    const second = await ann.tell(group, 'never mind');
    await expect.poll(() => heard(toBob), WITHIN).toEqual(['frist', 'never mind']);
    await ann.client.edit(group, first, 'first');
    await ann.client.redact(group, second);
    await bob.tell(group, 'about that', first);
    await expect.poll(held, WITHIN).toBe(3);
    expect(JSON.stringify(toKool.frames)).not.toMatch(/frist|first|never|about/u);
    await given(kool.client.do('turn-event', { event: event.id, turn: 'cancel' }));
    await expect.poll(() => heard(toKool), WITHIN).toEqual(['first', 'about that']);
    expect(JSON.stringify(toKool.frames)).not.toMatch(/frist|never/u);
    expect(heard(toBob)).toEqual(['frist', 'never mind', 'about that']);
    await expect.poll(held, WITHIN).toBe(0);
    await toKool.close();
    await toBob.close();
  });

  it('D3: what was held comes after a restart too, and once', async () => {
    const channel = await ann.open(kool);
    const event = await warmup('Sunday');
    await ann.tell(channel, 'still there?');
    await expect.poll(held, WITHIN).toBe(1);
    await town.restart();
    [kool, ann] = [await town.someone('kool'), await town.someone('ann')];
    expect(await kool.texts(channel)).not.toContain('still there?');
    const peer = await kool.listen(channel);
    if (store === 'embedded') await turn(hub(), 'kool', now(event), 'cancel');
    else await turn((await town.second()).hub, 'kool', now(event), 'cancel');
    await expect.poll(() => heard(peer), WITHIN).toEqual(['still there?']);
    await expect.poll(held, WITHIN).toBe(0);
    expect((await kool.texts(channel)).filter((text) => text === 'still there?')).toHaveLength(1);
    await peer.close();
  });
});

function epochOf({ frames }: { readonly frames: readonly { readonly type: string }[] }): string {
  const joined = frames.find(({ type }) => type === 'joined') as { readonly epoch: string } | undefined;
  return joined?.epoch ?? '';
}
