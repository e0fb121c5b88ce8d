import type { DoublePost, PlatformDouble } from '../../core/contract/index.ts';
import type { AccountId, RoomId } from '../../core/domain/ids.ts';
import { RETRY_AFTER_MS } from './discord-rest.ts';
import { type DiscordServer, startDiscord } from './discord-server.ts';
import { pingsIn, shown } from './discord-shown.ts';
import { BEN, BOT_ID, CHANNEL_ID, SECOND_ID, type StoredMessage } from './discord-world.ts';

/** The double as the contract kit wants it. */
export async function openDiscordDouble(): Promise<PlatformDouble & { readonly server: DiscordServer }> {
  const server = await startDiscord();
  const { world, gateway } = server;
  const byId = (id: string): StoredMessage => {
    const found = [...world.messages.values()].flat().find((one) => one.id === id);
    if (found === undefined) throw new Error(`no message ${id}`);
    return found;
  };
  const postedIn = (channel: string): readonly DoublePost[] =>
    (world.messages.get(channel) ?? [])
      .filter((one) => one.author.id === BOT_ID || (one.webhook_id !== null && world.webhooks.has(one.webhook_id)))
      .map(({ id, content }) => ({ id, text: shown(content).text }));

  return {
    server,
    room: CHANNEL_ID as RoomId,
    secret: world.token,
    retryAfterMs: RETRY_AFTER_MS,
    failures: ['cut', 'outage', 'silence'],
    resumes: true,
    userPosts: async (text) => server.says(BEN, text).id,
    async deliverAgain(id) {
      gateway.repeat((t, d) => t === 'MESSAGE_CREATE' && (d as { readonly id: string }).id === id);
    },
    posted: () => postedIn(CHANNEL_ID),
    failNext: (failure) => server.failNext(failure),
    stop: () => server.stop(),
    echoBeforeResponse: () => server.echoFirst(),
    refuseLogin() {
      world.isRevoked = true;
    },
    dropConnections: () => gateway.drop(false),
    userEdits: async (id, text) => server.edits(byId(id), text),
    userRedacts: async (id) => server.removes(byId(id)),
    userReacts: async (id, emoji) => server.reacts(BEN, byId(id), emoji),
    userReplies: async (to, text) => server.says(BEN, text, { reply: byId(to) }).id,
    userPostsImage: async ({ name, bytes }, caption) =>
      server.says(BEN, caption, { files: [{ name, type: 'image/png', bytes }] }).id,
    second: {
      room: SECOND_ID as RoomId,
      userPosts: async (text) => server.says(BEN, text, { channel: SECOND_ID }).id,
      posted: () => postedIn(SECOND_ID),
    },
    tricks: [
      `<@${BEN.id}>`,
      `<@!${BEN.id}> <@&1000000000000000031>`,
      '@everyone and @here',
      '**b** *i* _i_ __u__ ~~s~~ ||p|| `c`',
      '```\ncode\n```',
      '# head\n> quote\n>>> rest\n- item\n-# small\n1. one',
      '[label](https://evil.example) [label](<https://evil.example>)',
      '<#1000000000000000020> <:vinyl:1000000000000000040> <t:0:R>',
      '\\*not\\* \\\\**b\\\\**',
      '***three*** ___three___ **a *b** c*',
    ],
    pinged(id) {
      const { content, allowed } = byId(id);
      return pingsIn(content, allowed);
    },
    formatted: (id) => shown(byId(id).content).formatted,
    nameOf: (id) => byId(id).author.username,
    // Webhooks cannot answer: the line above the text leads to what it answers.
    replyOf: (id) =>
      /^-# ↪ \[.*\]\(https:\/\/discord\.com\/channels\/\d+\/\d+\/(\d+)\)\n/.exec(byId(id).content)?.[1] ?? null,
    filesOf: (id) => byId(id).files,
    reactionsOf: (id) => [...byId(id).reactions].filter(([, users]) => users.includes(BOT_ID)).map(([emoji]) => emoji),
    person: {
      account: BEN.id as AccountId,
      standing() {
        if (world.banned.has(BEN.id)) return 'ban';
        const until = world.members.get(BEN.id)?.communication_disabled_until ?? null;
        return until !== null && Date.parse(until) > Date.now() ? 'timeout' : 'free';
      },
    },
  };
}
