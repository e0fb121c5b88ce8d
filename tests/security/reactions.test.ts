import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { outcomeOf, type Participant, participant } from '../fakes/people.ts';

const KINDS = 20;

describe('reactions', () => {
  let hub: TestHub;
  let ann: Participant;
  let ben: Participant;
  beforeAll(async () => {
    hub = await startTestHub();
    ann = await participant(hub.wsUrl, await hub.user('Ann'));
    ben = await participant(hub.wsUrl, await hub.user('Ben'));
  });
  afterAll(async () => {
    ann.close();
    ben.close();
    await hub.close();
  });

  it('nobody can make a message heavy with ever more different emoji, and those there can still be joined', async () => {
    const id = await ann.say('react to this');
    const react = async (who: Participant, emoji: string, on = true): Promise<string> =>
      outcomeOf(await who.client.react('lobby', id, emoji, on));
    for (let n = 0; n < KINDS; n += 1) expect(await react(ann, `:emoji_${n}:`)).toBe('posted');
    expect(await react(ann, ':one_more:')).toBe('bad-request');
    expect(await react(ben, '🔥')).toBe('bad-request');
    expect(await react(ben, ':emoji_3:')).toBe('posted');
    expect(await react(ann, ':emoji_0:', false)).toBe('posted');
    expect(await react(ben, '🔥')).toBe('posted');
    expect(await react(ann, ':emoji_0:')).toBe('bad-request');
    const row = (await ann.page()).find(({ message }) => message.id === id);
    expect(row?.reactions).toHaveLength(KINDS);
  });

  it('counts what stood there before the hub was started again', async () => {
    const id = await ann.say('still here tomorrow');
    for (let n = 0; n < KINDS; n += 1) await ann.client.react('lobby', id, `:emoji_${n}:`, true);
    ann.close();
    ben.close();
    await hub.stop();
    hub = await startTestHub({ dataDir: hub.dataDir });
    ann = await participant(hub.wsUrl, await hub.user('Ann'));
    ben = await participant(hub.wsUrl, await hub.user('Ben'));
    expect(outcomeOf(await ben.client.react('lobby', id, '🔥', true))).toBe('bad-request');
    expect(outcomeOf(await ben.client.react('lobby', id, ':emoji_7:', true))).toBe('posted');
  });
});
