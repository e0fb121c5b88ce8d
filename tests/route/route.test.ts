import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainText } from '../../core/domain/content.ts';
import type { HistoryMessage } from '../../core/domain/wire.ts';
import { archived } from '../fakes/archived.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { outcomeOf, type Participant, participant } from '../fakes/people.ts';
import { startRedis } from '../fakes/redis-server.ts';

const text = ({ message }: HistoryMessage): string => plainText(message.content.rich);
const only = <T>(items: readonly T[]): T => {
  expect(items).toHaveLength(1);
  return items[0] as T;
};

describe.each(['embedded', 'redis'] as const)('the route on %s', (kind) => {
  let test: TestHub;
  let stopRedis = async (): Promise<void> => {};
  const people: Participant[] = [];
  const come = async (token: string | null, channel?: string): Promise<Participant> => {
    const one = await participant(test.wsUrl, token, channel);
    people.push(one);
    return one;
  };

  beforeAll(async () => {
    const redis = kind === 'redis' ? await startRedis({ appendonly: true }) : null;
    if (redis !== null) stopRedis = () => redis.stop();
    test = await startTestHub({ redisUrl: redis?.url ?? null });
  });
  afterAll(async () => {
    for (const one of people) one.close();
    await test.close();
    await stopRedis();
  });

  it('U1: posts are seen by everybody in the channel, with author, time and content', async () => {
    const ann = await come(await test.user('ann'));
    const bob = await come(await test.user('bob'));
    const id = await ann.say('hello **there**');
    const seen = (await bob.page()).find(({ message }) => message.id === id);
    expect(seen?.message).toMatchObject({ author: { name: 'ann', platform: 'slipmat', badge: null }, revision: 0 });
    expect(seen && text(seen)).toBe('hello there');
    expect(seen?.message.content.rich.map((node) => node.t)).toEqual(['text', 'bold']);
  });

  it('U7: an edit is accepted from its author alone, and judged again', async () => {
    const ann = await come(await test.user('ann'));
    const admin = await come(await test.user('root', 'admin'));
    const id = await ann.say('frist');
    expect(outcomeOf(await ann.client.edit('lobby', id, 'first'))).toBe('posted');
    expect(outcomeOf(await admin.client.edit('lobby', id, 'mine now'))).toBe('not-yours');
    expect(outcomeOf(await ann.client.edit('lobby', id, ' \n '))).toBe('bad-request');
    const seen = (await admin.page()).find(({ message }) => message.id === id);
    expect(seen && text(seen)).toBe('first');
    expect(seen?.message.revision).toBe(1);
  });

  it('lets many edits of one message end in the last one', async () => {
    const ann = await come(await test.user('ann'));
    const id = await ann.say('0');
    const edits = Array.from({ length: 10 }, (_, n) => ann.client.edit('lobby', id, String(n + 1)));
    expect((await Promise.all(edits)).map(outcomeOf)).toEqual(Array.from({ length: 10 }, () => 'posted'));
    const seen = (await ann.page()).find(({ message }) => message.id === id);
    expect(seen && text(seen)).toBe('10');
    expect(seen?.message.revision).toBe(10);
  });

  it('redacts for the author and for higher ranks, never for others, and it stays redacted', async () => {
    const ann = await come(await test.user('ann'));
    const bob = await come(await test.user('bob'));
    const admin = await come(await test.user('root', 'admin'));
    const first = await ann.say('one');
    const second = await ann.say('two');
    const rooted = await admin.say('of the admin');
    expect(outcomeOf(await bob.client.redact('lobby', first))).toBe('forbidden');
    expect(outcomeOf(await ann.client.redact('lobby', first))).toBe('posted');
    expect(outcomeOf(await ann.client.redact('lobby', first))).toBe('unchanged');
    expect(outcomeOf(await admin.client.redact('lobby', second, 'spam'))).toBe('posted');
    expect(outcomeOf(await ann.client.edit('lobby', second, 'back again'))).toBe('redacted');
    expect(outcomeOf(await ann.client.react('lobby', second, '🔥', true))).toBe('redacted');
    expect(outcomeOf(await bob.client.redact('lobby', rooted))).toBe('forbidden');
    const page = await bob.page();
    const gone = page.filter(({ message }) => message.id === first || message.id === second);
    expect(gone.map(text)).toEqual(['', '']);
    expect(gone.map(({ message }) => message.redaction?.by)).toEqual(['author', 'moderator']);
    expect(JSON.stringify(page)).not.toContain('spam');
  });

  it('counts a reaction once a person, and takes it away again', async () => {
    const ann = await come(await test.user('ann'));
    const bob = await come(await test.user('bob'));
    const id = await ann.say('tune!');
    expect(outcomeOf(await bob.client.react('lobby', id, '🔥', true))).toBe('posted');
    expect(outcomeOf(await bob.client.react('lobby', id, '🔥', true))).toBe('unchanged');
    expect(outcomeOf(await ann.client.react('lobby', id, '🔥', true))).toBe('posted');
    expect(outcomeOf(await ann.client.react('lobby', id, 'not an emoji', true))).toBe('bad-request');
    const tally = async () => (await ann.page()).find(({ message }) => message.id === id)?.reactions;
    expect(only((await tally()) ?? []).users).toHaveLength(2);
    expect(outcomeOf(await bob.client.react('lobby', id, '🔥', false))).toBe('posted');
    expect(only((await tally()) ?? []).users).toEqual([ann.client.you()?.user]);
  });

  it('puts the quoted text above a reply, and knows no message of another channel', async () => {
    const ann = await come(await test.user('ann'));
    const kool = await come(await test.user('kool', 'dj'), 'dj-kool');
    const first = await ann.say('which label is this?');
    const reply = await ann.say('asking again', first);
    const there = await kool.say('elsewhere', first);
    const seen = (await ann.page()).find(({ message }) => message.id === reply);
    expect(seen?.message.replyTo).toEqual({ id: first, name: 'ann', text: 'which label is this?' });
    expect((await kool.page()).find(({ message }) => message.id === there)?.message.replyTo).toBeNull();
    expect(outcomeOf(await ann.client.edit('dj-kool', first, 'x'))).toBe('not-found');
  });

  it('lets guests read and tells them to sign in', async () => {
    const guest = await come(null);
    expect((await guest.page()).length).toBeGreaterThan(0);
    expect(outcomeOf(await guest.client.post({ channel: 'lobby', text: 'hi' }).done)).toBe('sign-in');
  });

  it('T5: making somebody a DJ opens their channel; dismissing them leaves it read-only', async () => {
    const ann = await come(await test.user('ann'));
    await test.user('mia', 'dj');
    const mia = await come(await test.user('mia'), 'dj-mia');
    await mia.say('my room');
    expect(outcomeOf(await ann.client.post({ channel: 'dj-mia', text: 'nice' }).done)).toBe('posted');
    await test.hub.accounts.dismissDj('mia');
    expect(outcomeOf(await ann.client.post({ channel: 'dj-mia', text: 'still?' }).done)).toBe('read-only');
    await test.hub.accounts.makeDj('mia', null);
    expect(outcomeOf(await ann.client.post({ channel: 'dj-mia', text: 'back' }).done)).toBe('posted');
  });

  it('T5: there is one megachannel', () => {
    expect(test.hub.knowledge.directory.channels().filter(({ kind }) => kind === 'mega')).toHaveLength(1);
  });

  it('turns a moderator’s right on and off with the role, at once', async () => {
    const ann = await come(await test.user('ann'));
    const bob = await come(await test.user('bob'));
    await test.hub.accounts.makeModerator('bob', 'lobby' as never, null);
    expect(outcomeOf(await bob.client.redact('lobby', await ann.say('one')))).toBe('posted');
    await test.hub.accounts.dismissModerator('bob', 'lobby' as never);
    expect(outcomeOf(await bob.client.redact('lobby', await ann.say('two')))).toBe('forbidden');
  });

  it('lets a disabled account say nothing more', async () => {
    const eve = await come(await test.user('eve'));
    await eve.say('still here');
    await test.hub.accounts.disable('eve');
    await expect.poll(() => eve.client.state().kind).toBe('signed-out');
    eve.client.post({ channel: 'lobby', text: 'never' });
    await expect(test.user('eve')).rejects.toThrow();
    const ann = await come(await test.user('ann'));
    expect((await ann.page()).map(text)).not.toContain('never');
  });

  it('slows down who writes too fast, and says for how long', async () => {
    const slow = await startTestHub({ config: { limits: { postsPerSecond: 1, postBurst: 3 } } });
    const ann = await participant(slow.wsUrl, await slow.user('ann'));
    const said = await Promise.all([1, 2, 3, 4].map((n) => ann.client.post({ channel: 'lobby', text: `${n}` }).done));
    expect(said.map(outcomeOf)).toEqual(['posted', 'posted', 'posted', 'rate-limited']);
    expect(said.at(-1)).toMatchObject({ retryAfterMs: expect.any(Number) });
    ann.close();
    await slow.close();
  });

  it('T7: says who is connected, guests as a number', async () => {
    const ann = await come(await test.user('ann'));
    await come(null);
    const answer = await ann.client.people('lobby');
    expect(answer.ok && answer.value.people.map(({ name }) => name)).toContain('ann');
    expect(answer.ok && answer.value.guests).toBeGreaterThan(0);
    expect(answer.ok && answer.value.people.filter(({ name }) => name === 'ann')).toHaveLength(1);
  });

  it('finds words of archived messages, and not those of a redacted one', async () => {
    const ann = await come(await test.user('ann'));
    await ann.say('the peculiar xylophone');
    const gone = await ann.say('the secret xylophone');
    await ann.client.redact('lobby', gone);
    await archived(test);
    const found = await ann.client.search({ text: 'xylophone' });
    expect(found.ok && found.value.map(text)).toEqual(['the peculiar xylophone']);
  });

  it('keeps everything over a restart, and goes on counting', async () => {
    const ann = await come(await test.user('ann'));
    await ann.say('before the restart');
    const before = await ann.page();
    ann.close();
    await test.stop();
    test = await startTestHub({ dataDir: test.dataDir, redisUrl: test.config.redisUrl });
    const again = await come(await test.user('ann'));
    expect(await again.page()).toEqual(before);
    await again.say('after the restart');
    const page = await again.page();
    expect(page.at(-1)?.seq).toBeGreaterThan(before.at(-1)?.seq ?? Number.POSITIVE_INFINITY);
  });
});
