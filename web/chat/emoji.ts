import { kept } from './state/prefs.ts';

/* The emoji that are offered, each with words to find it by. A larger table can take this one's place. */
export interface Emoji {
  readonly char: string;
  readonly words: string;
}

const TABLE = `🔥 fire hot lit|❤️ heart love red|👍 thumbs up yes like +1|👎 thumbs down no dislike|😂 tears of joy laugh lol|🎉 party tada celebrate|🙌 hands raised hooray|🙏 thanks please pray|👏 clap applause bravo|😍 heart eyes love
💯 hundred perfect score|🕺 man dancing disco|💃 woman dancing|🎧 headphones music listen|🎶 notes music|🎵 note music|🎛️ knobs mixer controls dj|🎚️ slider fader level|💿 disc cd|📀 dvd disc gold|🎤 microphone sing mic|🎹 keys piano synth|🥁 drum beat|🎸 guitar|🎺 trumpet|🎷 saxophone|🎻 violin|🔊 loud speaker bass|🔇 mute silent|📻 radio
😀 grin happy smile|😃 smile happy open|😄 smile laugh eyes|😁 beaming grin|😆 laughing squint|😅 sweat smile phew|🤣 rolling floor laughing rofl|🙂 slight smile|🙃 upside down|😉 wink|😊 blush smile|😇 angel halo|🥰 in love hearts|😘 kiss|😋 yum tasty|😜 wink tongue silly|🤪 zany crazy|😎 cool sunglasses|🤩 star struck wow|🥳 party face birthday|😏 smirk|😌 relieved calm|😴 sleep tired zzz|🤤 drool|🤔 think hmm|🤨 eyebrow doubt|😐 neutral meh|😶 speechless|🙄 eye roll|😬 grimace awkward|🤯 mind blown explode|😳 flushed shy|🥺 pleading puppy|😢 cry sad tear|😭 sob crying loud|😤 huff steam|😠 angry|😡 rage mad|🤬 swear curse|😱 scream shock|😨 fear scared|🥶 cold freezing|🥵 hot sweating|🤢 sick nausea|🤧 sneeze|😷 mask ill|🤠 cowboy|👻 ghost boo|💀 skull dead|👽 alien|🤖 robot bot|😺 cat smile|🙈 monkey see no evil
👋 wave hello bye hi|🤚 hand back|✋ stop hand high five|👌 ok perfect|🤌 pinched italian|✌️ peace victory|🤞 fingers crossed luck|🤟 love you sign|🤘 rock horns metal|🤙 call me shaka|👈 left point|👉 right point|👆 up point|👇 down point|✊ fist|👊 punch bump|🤝 handshake deal|💪 muscle strong flex|🫶 heart hands|🫡 salute|👀 eyes look watch|🧠 brain smart
🧡 orange heart|💛 yellow heart|💚 green heart|💙 blue heart|💜 purple heart|🖤 black heart|🤍 white heart|💔 broken heart|💕 two hearts|💥 boom explosion|✨ sparkles shiny|⭐ star|🌟 glowing star|⚡ lightning energy zap|💫 dizzy|☀️ sun|🌙 moon night|🌈 rainbow pride|🌊 wave sea|❄️ snow cold|🌸 blossom flower|🌹 rose flower|🌴 palm summer|🍀 clover luck
🍕 pizza|🍔 burger|🍟 fries|🌮 taco|🍣 sushi|🍿 popcorn|🍪 cookie|🎂 cake birthday|🍎 apple|🍌 banana|🍓 strawberry|🍉 melon|🍺 beer|🍻 cheers beers|🥂 toast champagne|🍷 wine|🍹 cocktail drink|☕ coffee|🧃 juice
⚽ football soccer|🏀 basketball|🏆 trophy win|🥇 gold medal first|🎮 game controller|🎲 dice|🚀 rocket launch|✈️ plane travel|🚗 car|🏠 house home|🏖️ beach|🎪 tent circus festival|📷 camera photo|📱 phone|💻 laptop computer|💡 idea bulb|💰 money|🎁 gift present|📌 pin|📣 megaphone shout|🔔 bell|⏰ alarm clock|⏳ hourglass wait|✅ check done yes|❌ cross no wrong|❓ question|❗ exclamation|💬 speech chat|🏳️‍🌈 rainbow flag pride|🐐 goat greatest|🐶 dog|🐱 cat|🦊 fox|🐻 bear|🐼 panda|🦄 unicorn|🐝 bee|🦋 butterfly|🐢 turtle slow|🦖 dinosaur`;

export const EMOJI: readonly Emoji[] = TABLE.split(/[|\n]/).map((entry) => {
  const at = entry.indexOf(' ');
  return { char: entry.slice(0, at), words: entry.slice(at + 1) };
});
/** Of skin, from none on. */
export const TONES = ['', '🏻', '🏼', '🏽', '🏾', '🏿'] as const;
export const tone = kept('tone', TONES, '');
const SKIN = /\p{Emoji_Modifier_Base}/gu;

/** In the tone that was chosen, where there is skin of one person to see. */
export function toned(char: string): string {
  if (tone.value === '' || char.match(SKIN)?.length !== 1) return char;
  return char.replace(/(\p{Emoji_Modifier_Base})\uFE0F?/u, `$1${tone.value}`);
}

const RECENT_KEY = 'slipmat.emoji';
const MAX_RECENT = 16;

/** Best first: a word that begins with the text, then one that holds it. Without text: the recent ones, then all. */
export function findEmoji(text: string): readonly Emoji[] {
  const wanted = text.trim().toLocaleLowerCase();
  if (wanted === '') return [...new Set([...recent(), ...EMOJI])];
  const begins = EMOJI.filter(({ words }) => words.split(' ').some((word) => word.startsWith(wanted)));
  return [...new Set([...begins, ...EMOJI.filter(({ words }) => words.includes(wanted))])];
}

export function rememberEmoji(char: string): void {
  const chars = [char, ...recent().map((one) => one.char)];
  localStorage.setItem(RECENT_KEY, [...new Set(chars)].slice(0, MAX_RECENT).join(' '));
}

function recent(): readonly Emoji[] {
  const chars = (localStorage.getItem(RECENT_KEY) ?? '').split(' ');
  return chars.flatMap((char) => EMOJI.find((one) => one.char === char) ?? []);
}
