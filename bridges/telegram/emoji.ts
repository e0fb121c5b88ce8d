/** What a bot may react with, in Telegram's own spelling. */
const ALLOWED = [
  ...'👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈'.split(
    ' ',
  ),
  ...'😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡'.split(' '),
];

const SELECTOR = '\ufe0f';

/** As everybody else spells it: `❤️` with its selector, where Telegram leaves that out. */
export function fullySpelled(emoji: string): string {
  if (isWhole(emoji)) return emoji;
  const parts = emoji.split('\u200d');
  const variants = [
    parts.map((part) => (isWhole(part) ? part : part + SELECTOR)),
    parts.map((part, index) => (index === parts.length - 1 ? part + SELECTOR : part)),
    parts.map((part, index) => (index === 0 ? part + SELECTOR : part)),
  ];
  return variants.map((variant) => variant.join('\u200d')).find(isWhole) ?? emoji;
}

function isWhole(emoji: string): boolean {
  return /^\p{RGI_Emoji}$/v.test(emoji);
}

const SPELLINGS: ReadonlyMap<string, string> = new Map(
  ALLOWED.flatMap((emoji) => [
    [emoji, emoji],
    [fullySpelled(emoji), emoji],
  ]),
);

/** Telegram's spelling of an emoji that a bot may react with; null for any other. */
export function reactionFor(emoji: string): string | null {
  return SPELLINGS.get(emoji) ?? null;
}

/** Everything that a bot may react with, in both spellings. @param some what the chat lets through; null: all */
export function reactionsOf(some: readonly string[] | null): readonly string[] {
  return [...SPELLINGS].flatMap(([spelling, emoji]) => (some === null || some.includes(emoji) ? [spelling] : []));
}
