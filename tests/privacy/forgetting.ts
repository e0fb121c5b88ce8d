import { afterEach, expect, it } from 'vitest';
import { bridges } from '../../bridges/index.ts';
import type { Attachment } from '../../core/domain/content.ts';
import type { ChannelId, UserId } from '../../core/domain/ids.ts';
import { archived } from '../fakes/archived.ts';
import { type DiscordServer, startDiscord } from '../fakes/discord-server.ts';
import { BEN, CHANNEL_ID } from '../fakes/discord-world.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { type Participant, participant } from '../fakes/people.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { connectPeer, newKey } from '../fakes/socket-peer.ts';
import type { FakeChat } from '../fakes/telegram-chats.ts';
import { startTelegram } from '../fakes/telegram-server.ts';
import { THIS_MACHINE } from '../media/rig.ts';
import { codeIn } from '../portals/rig.ts';
import { tracesIn, tracesInRedis } from './traces.ts';

const WITHIN = { interval: 50 };
/** Stands in nothing else, and splits into no other words. */
const CANARY = 'kanarienvogel';
const LOBBY = 'lobby' as ChannelId;
const GROUP = -1_001_000_000_001;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Stage {
  readonly hub: TestHub;
  readonly discord: DiscordServer;
  readonly group: FakeChat;
  readonly redis: RedisServer | null;
}

async function open(kind: 'embedded' | 'redis'): Promise<Stage> {
  const redis = kind === 'redis' ? await startRedis({ appendonly: true }) : null;
  if (redis !== null) closing.push(() => redis.stop());
  const discord = await startDiscord();
  closing.push(() => discord.stop());
  const telegram = await startTelegram();
  closing.push(() => telegram.stop());
  const group = telegram.group(GROUP);
  const hub = await startTestHub({
    redisUrl: redis?.url ?? null,
    outside: THIS_MACHINE,
    builtIns: bridges,
    config: {
      bridges: [
        {
          id: 'discord',
          use: 'discord',
          required: true,
          config: { token: discord.world.token, apiRoot: discord.apiRoot },
        },
        {
          id: 'tg',
          use: 'telegram',
          required: true,
          config: { token: telegram.token, apiRoot: telegram.url, pollSeconds: 5 },
        },
      ],
      portals: [
        { channel: 'lobby', bridge: 'discord', room: CHANNEL_ID },
        { channel: 'lobby', bridge: 'tg', room: `${GROUP}` },
      ],
    },
  });
  closing.push(() => hub.close());
  return { hub, discord, group, redis };
}

const inDiscord = ({ discord }: Pick<Stage, 'discord'>): string =>
  JSON.stringify(
    [...discord.world.messages.values()].flat().map(({ content, author, files }) => [content, author, files]),
  );
const copiesInDiscord = ({ discord }: Stage): string =>
  JSON.stringify(
    [...discord.world.messages.values()]
      .flat()
      .filter(({ author }) => author.username !== 'Slipmat Hub')
      .map(({ content, author, files }) => [content, author, files]),
  );
const inTelegram = ({ group }: Stage): string =>
  JSON.stringify([...group.messages.values()].filter(({ isGone }) => !isGone));

/** Discord's Ben is the same person as somebody of the native chat. */
async function link({ hub, discord }: Stage, name: string, by: Participant): Promise<void> {
  const person = await hub.hub.accounts.findByName(name);
  if (person === null) throw new Error('nobody');
  const code = codeIn(JSON.stringify(await by.client.command('lobby', 'link discord')));
  discord.says(BEN, `!link ${code}`);
  await expect.poll(() => inDiscord({ discord }), WITHIN).toContain('link yes');
  discord.says(BEN, '!link yes');
  await expect.poll(() => hub.hub.knowledge.directory.sameAs(person.user), WITHIN).toHaveLength(2);
}

async function upload({ hub }: Stage, token: string, name: string, text: string): Promise<Attachment> {
  const answer = await fetch(`${hub.url}/api/media?name=${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: text,
  });
  return ((await answer.json()) as { readonly attachment: Attachment }).attachment;
}

async function userOf({ hub }: TestHub, name: string): Promise<UserId> {
  const person = await hub.accounts.findByName(name);
  if (person === null) throw new Error(`nobody is called ${name}`);
  return person.user;
}

/** Everything that somebody can leave, planted and looked for. */
export function forgetting(kind: 'embedded' | 'redis'): void {
  it(`leaves no trace of their words, names and files: not in the database, the live store, files or rooms, on the ${kind} store`, async () => {
    const stage = await open(kind);
    const { hub, discord } = stage;
    const name = `K-${CANARY}`;
    const token = await hub.user(name);
    const bird = await participant(hub.wsUrl, token);
    const other = await participant(hub.wsUrl, await hub.user('other'));
    await link(stage, name, bird);

    const first = await bird.say(`the first ${CANARY}`);
    await bird.client.edit('lobby', first, `the first ${CANARY}, edited`);
    const gone = await bird.say(`taken back ${CANARY}`);
    await bird.client.redact('lobby', gone);
    const asked = await other.say('what do you think?');
    await bird.say(`I think ${CANARY}`, asked);
    await other.say('do you?', first);
    await bird.client.react('lobby', asked, '🐤', true);
    await other.client.command('lobby', `report it says ${CANARY}`, first);
    const file = await upload(stage, token, `${CANARY}.txt`, `a song of the ${CANARY}`);
    const peer = await connectPeer(hub.wsUrl, { token });
    await peer.ask({ type: 'join', channel: 'lobby', after: null });
    await peer.ask({ type: 'post', channel: 'lobby', key: newKey(), text: '', attachments: [{ url: file.url }] });
    await peer.close();
    const bytes = Buffer.from(`notes of the ${CANARY}`);
    const carla = await participant(hub.wsUrl, await hub.user('carla', 'admin'));
    const heldWords = { change: { rules: { heldWords: ['blackout'] } } };
    expect(await carla.client.do('set-settings', { channel: LOBBY, ...heldWords })).toMatchObject({ ok: true });
    const waits = await bird.client.post({ channel: 'lobby', text: `blackout says the ${CANARY}` }).done;
    expect(waits).toMatchObject({ ok: true, value: { outcome: 'held' } });
    await carla.client.command('lobby', `note @${name} sings like a ${CANARY}`);
    await carla.client.command('lobby', `timeout @${name} 2 a loud ${CANARY}`);
    await carla.client.command('lobby', `untimeout @${name}`);
    await bird.say(`see https://birds.invalid/${CANARY}`);
    const opened = await bird.client.do('open-direct', { users: [await userOf(hub, 'other')] });
    const direct = opened.ok ? opened.value.channel : null;
    if (direct === null) throw new Error('not opened');
    await bird.client.post({ channel: direct, text: `alone with a ${CANARY}` }).done;
    const reply = await other.client.post({ channel: direct, text: 'hello you' }).done;
    expect(reply).toMatchObject({ ok: true });
    const club = await bird.client.do('create-private', { name: `${name} club`, users: [await userOf(hub, 'other')] });
    const room = club.ok ? club.value.channel : null;
    if (room === null) throw new Error('not made');
    await other.client.do('answer-invitation', { channel: room, answer: 'accept' });
    await bird.client.do('create-private', { name: `mine, ${CANARY}`, users: [] });
    await bird.client.do('open-direct', { users: [] });
    const posted = discord.says(BEN, `from Discord: ${CANARY}`, {
      files: [{ name: `${CANARY}-2.txt`, type: 'text/plain', bytes }],
    });
    await expect.poll(() => inTelegram(stage), WITHIN).toContain(`from Discord: ${CANARY}`);
    discord.edits(posted, `from Discord: ${CANARY} edited`);
    await expect.poll(() => inTelegram(stage), WITHIN).toContain(`${CANARY} edited`);
    await expect.poll(() => inDiscord(stage), WITHIN).toContain(`I think ${CANARY}`);
    const { sql } = hub.hub;
    await archived(hub);
    expect(tracesIn(hub.dataDir, CANARY).length).toBeGreaterThan(1);

    expect(await bird.client.command('lobby', 'erase')).toMatchObject({ ok: true });
    const wrong = await bird.client.command('lobby', 'erase somebody');
    expect(JSON.stringify(wrong)).toContain('write your name');
    expect(JSON.stringify(await bird.client.command('lobby', `erase ${name}`))).toContain('being forgotten');
    bird.close();
    const states = () => sql.read(sql.build.selectFrom('erasures').select('state').compile());
    await expect.poll(states, WITHIN).toEqual([{ state: 'done' }]);

    // of a conversation there is what the other has said, and nothing of who it was with
    await expect
      .poll(async () => (await other.client.channels()).filter(({ id }) => id === direct || id === room), WITHIN)
      .toMatchObject([{ name: expect.not.stringMatching(CANARY) }, { name: expect.not.stringMatching(CANARY) }]);
    const alone = await other.client.history(direct, null, 10);
    expect(JSON.stringify(alone)).toContain('hello you');
    expect(JSON.stringify(alone).toLowerCase()).not.toContain(CANARY);
    expect(await other.client.do('rename-channel', { channel: room, name: 'our club' })).toMatchObject({ ok: true });
    carla.close();
    // what others said is there
    const page = await other.page();
    expect(JSON.stringify(page)).toContain('what do you think?');
    expect(JSON.stringify(page).toLowerCase()).not.toContain(CANARY);
    expect(JSON.stringify(await other.client.search({ text: CANARY }))).not.toContain('message');
    // what the hub itself answered somebody there is not known any more
    expect(copiesInDiscord(stage)).not.toContain(CANARY);
    expect(inTelegram(stage)).not.toContain(CANARY);
    other.close();
    await archived(hub);
    const audit = await sql.read(sql.build.selectFrom('audit').select(['act', 'target_id']).compile());
    expect(audit).toContainEqual({ act: 'erase', target_id: expect.stringMatching(/^u-/) });
    if (stage.redis !== null) {
      const { url, folder } = stage.redis;
      await expect.poll(() => tracesInRedis(url, CANARY), WITHIN).toEqual([]);
      await expect.poll(() => tracesIn(folder, CANARY), WITHIN).toEqual([]);
    }
    await hub.stop();
    expect(tracesIn(hub.dataDir, CANARY)).toEqual([]);
    // whoever signs up under the name is somebody new
  });
}
