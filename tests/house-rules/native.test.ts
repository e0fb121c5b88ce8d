import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import { WAITS_FOR_RULES_MS } from '../../core/domain/house-rules.ts';
import type { MessageId } from '../../core/domain/ids.ts';
import { outcomeOf } from '../fakes/people.ts';
import { connectPeer, newKey } from '../fakes/socket-peer.ts';
import { closeAll, closing, command, join, LOBBY, movableClock, type Someone, soon, start } from '../moderation/rig.ts';

const RULES = 'Be kind.\nNo links to shops.';
const CALM = { rules: { holdBelowKarma: null, links: 'all' } } as const;
afterEach(closeAll);

const here = { channel: LOBBY };
async function setRules(by: Someone, text = RULES): Promise<number> {
  const set = await by.do('set-house-rules', { ...here, text });
  if (!set.ok) throw new Error(set.say);
  return set.value.version;
}
const demand = (by: Someone, acceptance: 'off' | 'where-private' | 'everywhere') =>
  by.do('set-settings', { ...here, change: { ...CALM, acceptance } });
const rulesFor = (by: Someone) => by.ask('house-rules', here);
async function posts(by: Someone, text: string) {
  const said = await by.client.post({ channel: LOBBY, text }).done;
  return said.ok ? said.value.outcome : said.code;
}
const accept = (by: Someone, version = 1) => by.do('accept-house-rules', { ...here, version });
const waiting = async (by: Someone) => (await by.ask('queue', { ...here, after: null, limit: 50 })).waiting;

describe('house rules in the native chat', () => {
  it('T9: what somebody writes first waits, and is posted in its order once they accept; no moderator has to decide', async () => {
    const hub = await start();
    const [ann, ben, root] = [await join(hub, 'ann'), await join(hub, 'ben'), await join(hub, 'root', 'admin')];
    expect(await rulesFor(ann)).toEqual({ rules: null, isAccepted: false, mustAccept: false });
    expect(await setRules(root)).toBe(1);
    await demand(root, 'where-private');
    expect(await rulesFor(ann)).toMatchObject({
      rules: { version: 1, text: RULES },
      isAccepted: false,
      mustAccept: true,
    });

    expect([await posts(ann, 'one'), await posts(ann, 'two'), await posts(ann, 'three')]).toEqual([
      'held',
      'held',
      'held',
    ]);
    expect(await posts(ann, 'four')).toBe('house-rules');
    expect(await posts(root, 'I set them')).toBe('posted');
    expect(await waiting(root)).toBe(0);
    expect(await ben.texts()).toEqual(['I set them']);

    const peer = await connectPeer(hub.wsUrl, { token: await hub.user('cleo') });
    closing.push(() => peer.close());
    await peer.ask({ type: 'join', channel: LOBBY, after: null });
    expect(await accept(ann)).toMatchObject({ ok: true, value: { isNew: true, released: 3 } });
    expect(await ben.texts()).toEqual(['I set them', 'one', 'two', 'three']);
    expect(await posts(ann, 'five')).toBe('posted');
    const frames = () => peer.frames.flatMap((one) => (one.type === 'message' ? [one.message.content.rich] : []));
    const posted = ['one', 'two', 'three', 'five'].map((text) => [{ t: 'text', text }]);
    await soon(frames).toEqual(posted);
    expect(await rulesFor(ann)).toMatchObject({ isAccepted: true, mustAccept: false });
    expect(await accept(ann)).toMatchObject({ ok: true, value: { isNew: false, released: 0 } });
  });

  it('T9: a new version asks everybody again, and whoever accepts what they have not read is told', async () => {
    const hub = await start();
    const [ann, root] = [await join(hub, 'ann'), await join(hub, 'root', 'admin')];
    await setRules(root);
    await demand(root, 'everywhere');
    await accept(ann);
    expect(await posts(ann, 'by the first')).toBe('posted');
    expect(await setRules(root, RULES)).toBe(1);
    expect(await setRules(root, 'Be kinder.')).toBe(2);
    expect(await posts(ann, 'by the second')).toBe('held');
    expect(await accept(ann, 1)).toMatchObject({ ok: false, code: 'edited' });
    expect(await command(ann, 'rules')).toContain('Be kinder.');
    expect(await command(ann, 'accept')).toBe('Thank you. Your message is posted now.');
    expect(await ann.texts()).toEqual(['by the first', 'by the second']);
    expect(await command(ann, 'accept')).toBe('You have accepted them already.');
  });

  it('T9: the DJ sets them and nobody below, readers are told, and without them nothing waits', async () => {
    const hub = await start();
    const [ann, root] = [await join(hub, 'ann'), await join(hub, 'root', 'admin')];
    expect(await ann.do('set-house-rules', { ...here, text: 'mine' })).toMatchObject({ ok: false, code: 'forbidden' });
    expect(await command(ann, 'rules mine')).toContain('Only');
    const heard: string[] = [];
    ann.client.on('channel', (event) => heard.push(JSON.stringify(event)));
    expect(await command(root, 'rules Be kind.')).toBe('Set. Everybody is asked to accept version 1.');
    await soon(() => heard.join()).toContain('"code":"house-rules"');
    await demand(root, 'everywhere');
    expect(await posts(ann, 'waits')).toBe('held');
    expect(await command(root, 'rules off')).toBe('This chat has no rules any more.');
    expect(await ann.texts()).toEqual(['waits']);
    expect(await posts(ann, 'free')).toBe('posted');
    await soon(async () => {
      const { acts } = await root.ask('audit', { ...here, target: null, before: null, limit: 10 });
      return acts.filter(({ act }) => act === 'house-rules').map(({ reason }) => reason);
    }).toEqual(['version 2', 'version 1']);
  });

  it('T9: in the DJ’s events the rules of the DJ’s channel hold, and are accepted once for all of them', async () => {
    const hub = await start();
    const token = await hub.user('dora', 'dj');
    const channel = hub.hub.knowledge.directory.channels().find(({ kind, name }) => kind === 'dj' && name === 'dora');
    if (channel === undefined) throw new Error('no channel of the DJ');
    const dora = await hub.as(token);
    await dora.do('set-house-rules', { channel: channel.id, text: RULES });
    await dora.do('set-settings', { channel: channel.id, change: { ...CALM, acceptance: 'everywhere' } });
    const planned = await dora.do('plan-event', {
      channel: channel.id,
      title: 'Night',
      startsAt: (Date.now() + 60_000) as never,
    });
    if (!planned.ok) throw new Error(planned.say);
    const at = planned.value.event.channel;
    await soon(() => hub.hub.knowledge.facts.channel(at)?.state).toBe('open');
    const ann = await join(hub, 'ann', undefined, at);
    const said = await ann.client.post({ channel: at, text: 'hello' }).done;
    expect(outcomeOf(said)).toBe('held');
    expect(await ann.do('accept-house-rules', { channel: channel.id, version: 1 })).toMatchObject({
      value: { released: 1 },
    });
    expect((await ann.page()).map(({ message }) => message.id)).toEqual([said.ok ? said.value.message : '']);
  });

  it('T9: what also waits for a moderator goes on waiting for one', async () => {
    const hub = await start();
    const [ann, root] = [await join(hub, 'ann'), await join(hub, 'root', 'admin')];
    await setRules(root);
    await root.do('set-settings', { ...here, change: { acceptance: 'everywhere', rules: { heldWords: ['vinyl'] } } });
    expect(await posts(ann, 'vinyl for sale')).toBe('held');
    expect(await waiting(root)).toBe(1);
    expect(await accept(ann)).toMatchObject({ ok: true, value: { released: 0 } });
    expect(await waiting(root)).toBe(1);
  });

  it('T9: is posted once however often and by whomever it is released at once', async () => {
    const hub = await start();
    const [ann, root] = [await join(hub, 'ann'), await join(hub, 'root', 'admin')];
    await setRules(root);
    await demand(root, 'everywhere');
    const said = await ann.client.post({ channel: LOBBY, text: 'once' }).done;
    const message = (said.ok ? said.value.message : null) as MessageId;
    await Promise.all([
      accept(ann),
      accept(ann),
      root.do('release-held', { ...here, message }),
      command(ann, 'accept'),
    ]);
    expect(await ann.texts()).toEqual(['once']);
    const heard: string[] = [];
    const ben = await join(hub, 'ben');
    ben.client.on('channel', (event) => heard.push(JSON.stringify(event)));
    await accept(ann);
    expect(await posts(ann, 'after')).toBe('posted');
    await soon(() => heard.join()).toContain('after');
    expect(heard.join()).not.toContain('"once"');
  });

  it('T9: over the wire it is said why it waits, and on a repeat it waits once', async () => {
    const hub = await start();
    const root = await join(hub, 'root', 'admin');
    await setRules(root);
    await demand(root, 'everywhere');
    const peer = await connectPeer(hub.wsUrl, { token: await hub.user('ann') });
    closing.push(() => peer.close());
    const post = { type: 'post', channel: LOBBY, key: newKey(), text: 'hello' };
    expect(await peer.ask(post)).toMatchObject({ type: 'ack', outcome: 'held', because: 'house-rules' });
    expect(await peer.ask(post)).toMatchObject({ type: 'ack', outcome: 'held' });
    const done = await peer.ask({ type: 'do', kind: 'accept-house-rules', of: { channel: LOBBY, version: 1 } });
    expect(done).toMatchObject({ type: 'answered', value: { released: 1 } });
  });

  it('T9: is accepted over restarts; what waits goes on waiting, and after a day it is never posted', async () => {
    const clock = movableClock(systemClock);
    const first = await start({ clock });
    const [ann, ben, root] = [await join(first, 'ann'), await join(first, 'ben'), await join(first, 'root', 'admin')];
    await setRules(root);
    await demand(root, 'everywhere');
    await accept(ann);
    expect(await posts(ben, 'early')).toBe('held');
    await first.stop();

    const second = await start({ clock, dataDir: first.dataDir });
    const [again, bob] = [await join(second, 'ann'), await join(second, 'ben')];
    expect(await posts(again, 'still')).toBe('posted');
    expect(await rulesFor(bob)).toMatchObject({ isAccepted: false, mustAccept: true });
    await second.stop();

    clock.forward(WAITS_FOR_RULES_MS);
    const third = await start({ clock, dataDir: first.dataDir });
    await soon(() => third.hub.knowledge.held.forRules(LOBBY).length).toBe(0);
    const late = await join(third, 'ben');
    expect(await accept(late)).toMatchObject({ value: { released: 0 } });
    expect(await late.texts()).toEqual(['still']);
  });
});
