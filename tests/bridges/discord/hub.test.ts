import { afterEach, beforeEach, expect, it } from 'vitest';
import { bridges } from '../../../bridges/index.ts';
import { type DiscordServer, startDiscord } from '../../fakes/discord-server.ts';
import { shown } from '../../fakes/discord-shown.ts';
import { ANN, BEN, CHANNEL_ID, SECOND_ID, type StoredMessage } from '../../fakes/discord-world.ts';
import { startTestHub, type TestHub } from '../../fakes/hub.ts';
import { participant } from '../../fakes/people.ts';

let discord: DiscordServer;
let hub: TestHub | null = null;
beforeEach(async () => {
  discord = await startDiscord();
});
afterEach(async () => {
  await hub?.close();
  hub = null;
  await discord.stop();
});

async function start(dataDir?: string): Promise<TestHub> {
  hub = await startTestHub({
    ...(dataDir !== undefined && { dataDir }),
    builtIns: bridges,
    config: {
      bridges: [
        {
          id: 'discord',
          use: 'discord',
          required: true,
          config: { token: discord.world.token, apiRoot: discord.apiRoot },
        },
      ],
      portals: [CHANNEL_ID, SECOND_ID].map((room) => ({ channel: 'lobby', bridge: 'discord', room })),
    },
  });
  return hub;
}
/** Copies of the bridge in a room: who is shown, and what is seen. The notice on linking apart. */
function copies(room: string): readonly StoredMessage[] {
  return (discord.world.messages.get(room) ?? []).filter(
    ({ webhook_id, author }) => webhook_id !== null && author.username !== 'Slipmat Hub',
  );
}
const seen = (room: string): readonly string[] =>
  copies(room).map(({ author, content }) => `${author.username}: ${shown(content).text}`);

it('carries messages, answers, edits, reactions and removals between two rooms and the native chat, and never back', async () => {
  const started = await start();
  const web = await participant(started.wsUrl, await started.user('carla'));
  const hello = discord.says(BEN, 'hello **all**');
  await expect.poll(() => seen(SECOND_ID)).toEqual(['Ben: hello all']);
  const [copy] = copies(SECOND_ID);
  if (copy === undefined) throw new Error('no copy');
  expect(copy.content).toBe('hello **all**');
  // Once the next copy is there, the first has been written down, and answers to it find it.
  discord.says(BEN, 'and goodbye');
  await expect.poll(() => seen(SECOND_ID)).toHaveLength(2);

  discord.says(ANN, 'hi Ben', { channel: SECOND_ID, reply: copy });
  await expect.poll(() => seen(CHANNEL_ID)).toEqual(['Ann: ↪ Ben: hello all\nhi Ben']);
  expect(copies(CHANNEL_ID)[0]?.content).toContain(`/${CHANNEL_ID}/${hello.id})`);

  discord.edits(hello, 'hello everybody');
  await expect.poll(() => seen(SECOND_ID)[0]).toBe('Ben: hello everybody');

  discord.reacts(ANN, copy, '👍');
  await expect.poll(() => [...(discord.world.find(CHANNEL_ID, hello.id)?.reactions.keys() ?? [])]).toEqual(['👍']);

  await web.say('@everyone from the web');
  await expect.poll(() => seen(CHANNEL_ID).at(-1)).toBe('carla: @everyone from the web');
  await expect.poll(() => seen(SECOND_ID).at(-1)).toBe('carla: @everyone from the web');
  expect(copies(SECOND_ID).at(-1)?.allowed).toMatchObject({ parse: [] });

  discord.removes(hello);
  await expect.poll(() => seen(SECOND_ID)).toEqual(['Ben: and goodbye', 'carla: @everyone from the web']);
  expect(seen(CHANNEL_ID)).toEqual(['Ann: ↪ Ben: hello all\nhi Ben', 'carla: @everyone from the web']);
  const texts = (await web.page()).map(({ message }) =>
    message.content.rich.map((node) => ('text' in node ? node.text : '')).join(''),
  );
  expect(texts.filter((text) => text.includes('web'))).toHaveLength(1);
  web.close();
});

it('fetches what was said and removed while the hub was down, and tells it once', async () => {
  const first = await start();
  const before = discord.says(BEN, 'before');
  discord.says(BEN, 'stays');
  await expect.poll(() => seen(SECOND_ID)).toEqual(['Ben: before', 'Ben: stays']);
  await first.stop();
  discord.removes(before);
  discord.says(BEN, 'while you were away');
  await start(first.dataDir);
  await expect.poll(() => seen(SECOND_ID)).toEqual(['Ben: stays', 'Ben: while you were away']);
  discord.says(BEN, 'and now');
  await expect.poll(() => seen(SECOND_ID).at(-1)).toBe('Ben: and now');
  expect(seen(SECOND_ID)).toHaveLength(3);
  expect(discord.world.webhooks.size).toBe(1);
});

it('posts once when the answer to the post is lost', async () => {
  await start();
  discord.says(BEN, 'warm up');
  await expect.poll(() => seen(SECOND_ID)).toHaveLength(1);
  discord.failNext('cut');
  discord.says(BEN, 'only once');
  discord.says(BEN, 'after it');
  await expect.poll(() => seen(SECOND_ID)).toEqual(['Ben: warm up', 'Ben: only once', 'Ben: after it']);
});
