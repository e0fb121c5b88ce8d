import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bridges } from '../../../bridges/index.ts';
import { plainText } from '../../../core/domain/content.ts';
import { startTestHub, type TestHub } from '../../fakes/hub.ts';
import { type Participant, participant } from '../../fakes/people.ts';
import { startProxy, type TcpProxy } from '../../fakes/tcp-proxy.ts';
import { hasInspircd, type Inspircd, startInspircd } from './inspircd.ts';
import { connectPerson, type Person } from './person.ts';

const [ONE, TWO] = ['#one', '#two'];
let server: Inspircd;
let proxy: TcpProxy;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  if (!hasInspircd) return;
  server = await startInspircd();
  proxy = await startProxy(server.port);
});
afterAll(async () => {
  await proxy?.stop();
  await server?.stop();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function person(nick: string, room: string): Promise<Person> {
  const one = await connectPerson(server.port, nick, server.password);
  closing.push(one.close);
  await one.join(room);
  one.raw(`MODE ${room} +H 200:1d`);
  return one;
}

async function hubOnIrc(): Promise<{ readonly hub: TestHub; readonly kim: Participant }> {
  const link = (room: string) => ({ channel: 'lobby', bridge: 'irc', room });
  const hub = await startTestHub({
    builtIns: {
      ...bridges,
      bridges: { ...bridges.bridges, irc: () => import('../../../examples/irc/src/index.ts') },
    },
    config: {
      bridges: [
        {
          id: 'irc',
          use: 'irc',
          required: true,
          config: {
            host: '127.0.0.1',
            port: proxy.port,
            tls: false,
            nick: 'slipmat',
            password: server.password,
            pace: { count: 1_000, perMs: 1_000 },
          },
        },
      ],
      portals: [link(ONE), link(TWO)],
    },
  });
  const kim = await participant(hub.wsUrl, await hub.user('kim'));
  closing.push(() => hub.close(), kim.close);
  return { hub, kim };
}

const said = async (kim: Participant): Promise<readonly string[]> =>
  (await kim.page(50)).map(({ message }) => plainText(message.content.rich));
const copies = (one: Person, room: string): readonly string[] =>
  one.heard(room).flatMap((line) => (line.startsWith('slipmat: [') ? [line.slice('slipmat: '.length)] : []));

describe.skipIf(!hasInspircd)('a hub with two channels of a real InspIRCd', () => {
  it('T3: carries what is said between them and its own people, each to the others, once', async () => {
    const [ann, ben] = [await person('ann', ONE), await person('ben', TWO)];
    const { kim } = await hubOnIrc();
    ann.say(ONE, 'hello from \x02one\x02, ben');
    await expect.poll(() => copies(ben, TWO)).toEqual(['[IRC] ann: hello from \x02one\x02, b\u200ben']);
    const id = await kim.say('welcome');
    await expect.poll(() => copies(ann, ONE)).toEqual(['[Slipmat] kim: welcome']);
    const copy = await ben.sees(/PRIVMSG #two :\[Slipmat\] kim: welcome/);
    ben.raw(`@+draft/reply=${/msgid=([^;\s]+)/.exec(copy)?.[1]} PRIVMSG ${TWO} :thanks`);
    await expect.poll(() => copies(ann, ONE)).toHaveLength(2);
    expect(copies(ann, ONE)[1]).toBe('[IRC] ben: > kim: welcome / thanks');
    expect(await said(kim)).toEqual(['hello from one, ben', 'welcome', 'thanks']);
    expect((await kim.page()).at(-1)?.message.replyTo?.id).toBe(id);
    expect(copies(ben, TWO)).toHaveLength(2);
  });

  it('loses and doubles nothing that people say while the wire breaks again and again', async () => {
    const ann = await person('anna', ONE);
    const { kim } = await hubOnIrc();
    const meant: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      for (let n = 0; n < 5; n += 1) {
        meant.push(`${round}.${n}`);
        await ann.asks('', `PRIVMSG ${ONE} :${round}.${n}`);
        if (n === 2) proxy.cut();
      }
      await expect.poll(() => said(kim)).toContain(`${round}.4`);
    }
    expect(await said(kim)).toEqual(meant);
  });

  it('hands on what was said here while it was away, in order', async () => {
    const ann = await person('annie', ONE);
    const { kim } = await hubOnIrc();
    await kim.say('before');
    await expect.poll(() => copies(ann, ONE)).toEqual(['[Slipmat] kim: before']);
    proxy.breakDown();
    for (let n = 1; n <= 5; n += 1) await kim.say(`meanwhile ${n}`);
    proxy.mend();
    await expect.poll(() => copies(ann, ONE).length).toBeGreaterThanOrEqual(6);
    expect(copies(ann, ONE)).toEqual(
      ['before', ...[1, 2, 3, 4, 5].map((n) => `meanwhile ${n}`)].map((text) => `[Slipmat] kim: ${text}`),
    );
  });
});
