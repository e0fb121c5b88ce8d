import type { Declared } from './golden-declared.ts';
import type { GoldenRow, GoldenTable } from './golden-file.ts';
import { ACTS, type Act, PLACES, type PlaceName } from './golden-place.ts';

type Limits = Declared['limits'];
type Post = NonNullable<Limits['post']>;

const TITLES: Readonly<Record<PlaceName, string>> = {
  slipmat: 'Slipmat',
  discord: 'Discord',
  twitch: 'Twitch',
  telegram: 'Telegram',
  matrix: 'Matrix',
  irc: 'IRC',
};
const HEADINGS: Readonly<Record<Act, string>> = {
  message: 'A message with formatting and a call to everyone',
  reply: 'An answer to somebody on another platform',
  edit: 'An edit of that message',
  reaction: 'A reaction',
  image: 'A picture',
  redaction: 'Taking the message away',
};
const HEARD: Readonly<Record<Act, string>> = {
  message: 'messages',
  reply: 'answers',
  edit: 'edits',
  reaction: 'reactions',
  image: 'pictures and files',
  redaction: 'removals',
};

/** The page, from what the bridges declare and from the table that the hub is held to. */
export function fidelityPage(declared: readonly Declared[], golden: GoldenTable): string {
  return `${[
    '# What arrives where',
    INTRO,
    '## What the hub does on each platform',
    capabilityTable(declared),
    '## What it hears from people there',
    hearingTable(golden),
    '## What people see',
    SEEN,
    ...ACTS.flatMap((act) => [`### ${HEADINGS[act]}`, seenTable(act, golden)]),
  ].join('\n\n')}\n`;
}

const INTRO = `This page is made by \`node tools/fidelity.mts\`: the first table from what each bridge declares in a room where it has
every right that its page asks for, the others from the table that \`tests/route/four-at-once.test.ts\` holds the hub to,
with all these platforms on one channel. With fewer rights a bridge declares less, and the hub falls back as the last
tables show for platforms that cannot do it at all.`;
const SEEN = `Formatting stands in one notation: \`**bold**\`, \`_italic_\`, \`~~struck~~\`, \`||covered||\`. In braces: what it answers by
the platform's own means, and what comes with it. "now:" is a message that changed, "gone:" one that went, and an emoji
"on:" a message is a reaction to it. On Twitch, Telegram and IRC the hub speaks as its own account (\`Slipmat_Bot\`, \`Hub\`,
\`slipmat\`), on Discord and Matrix under the author's name. Nobody is called by \`@everyone\` anywhere.`;

const ROWS: readonly (readonly [string, (limits: Limits) => string])[] = [
  ['name and picture of the author', ({ post }) => (post?.speaker === 'native' ? 'as their own' : 'name in front')],
  ['longest text', ({ post }) => (post === undefined ? 'none' : `${count(post.text)} ${UNITS[post.unit]}`)],
  ['answers', ({ post }) => (post?.reply === true ? 'shown as answers' : 'quoted in a line')],
  ['edits', ({ edit }) => (edit === undefined ? 'posted anew, as `edited: …`' : `in place${within(edit.windowMs)}`)],
  ['removals', ({ redact }) => (redact === undefined ? 'none' : `yes${within(redact.windowMs)}`)],
  ['removals of what others wrote there', ({ redact }) => (redact?.others === true ? 'yes' : 'no')],
  ['reactions', reactions],
  ['pictures and files', ({ post }) => files(post)],
  ['covered pictures', ({ post }) => (post?.maxMedia === 0 ? 'a link' : post?.spoiler === true ? 'covered' : 'a link')],
  ['timeouts', (limits) => timeouts(limits)],
  ['bans', ({ sanction }) => (sanction?.acts.includes('ban') === true ? 'yes' : 'by the hub')],
  ['these hold', ({ sanction }) => (sanction?.within === 'room' ? 'in the room' : 'in the whole place')],
  ['private messages', ({ direct }) => (direct === undefined ? 'none' : 'yes')],
  ['answers to commands', ({ respond }) => (respond?.isPrivate === true ? 'for one person alone' : 'in the room')],
  ['typing, read, presence', ({ signal }) => signal?.kinds.join(', ') ?? 'none'],
  ['makes rooms of its own', ({ ensureRoom }) => (ensureRoom === undefined ? 'no' : 'yes')],
  ['knows who administers the room', ({ authority }) => (authority === undefined ? 'no' : 'yes')],
  ['pace', ({ post }) => pace(post)],
  ['a post in doubt after a crash', (limits) => doubt(limits)],
];
const UNITS: Readonly<Record<Post['unit'], string>> = {
  utf16: 'UTF-16 units',
  'code-point': 'characters',
  byte: 'bytes',
};

function capabilityTable(declared: readonly Declared[]): string {
  return table(
    ['', ...declared.map(({ title }) => title)],
    ROWS.map(([name, tell]) => [name, ...declared.map(({ limits }) => tell(limits))]),
  );
}

function hearingTable(golden: GoldenTable): string {
  return table(
    ['', ...PLACES.map((place) => TITLES[place])],
    ACTS.map((act) => [HEARD[act], ...PLACES.map((place) => heard(act, golden[place]?.[act]))]),
  );
}

function heard(act: Act, row: GoldenRow | undefined): string {
  if (row === undefined) return '';
  if ('cannot' in row) return `no: ${row.cannot}`;
  return act === 'redaction' && row.does !== 'removes the first message' ? `yes: ${row.does}` : 'yes';
}

function seenTable(act: Act, golden: GoldenTable): string {
  const rows = PLACES.flatMap((origin) => {
    const row = golden[origin]?.[act];
    if (row === undefined || 'cannot' in row) return [];
    const cells = PLACES.map((place) => (place === origin ? own(row.sees[place]) : seen(row.sees[place] ?? [])));
    return [[`${TITLES[origin]}: ${row.does.replaceAll('|', '\\|')}`, ...cells]];
  });
  return table(['what is done', ...PLACES.map((place) => `on ${TITLES[place]}`)], rows);
}

function own(lines: readonly string[] | undefined): string {
  return lines === undefined ? '' : seen(lines);
}

function seen(lines: readonly string[]): string {
  return lines.length === 0 ? 'nothing' : lines.map(code).join('<br>');
}

/** As it is: no sign of it may count as markup. */
function code(line: string): string {
  return line
    .split('\n')
    .map((part) => `\`${part.replaceAll('|', '\\|')}\``)
    .join('<br>');
}

function reactions({ react }: Limits): string {
  if (react === undefined) return 'none';
  const which = react.emoji === 'any' ? 'any emoji' : `${react.emoji.length} emoji`;
  return react.perUser ? `${which}, each person's own` : `${which}, by the bot for all`;
}

function files(post: Limits['post']): string {
  if (post === undefined || post.maxMedia === 0) return 'a link';
  return `up to ${post.maxMedia} of ${count(Math.floor(post.maxMediaBytes / 1_000_000))} MB`;
}

function timeouts({ sanction }: Limits): string {
  if (sanction === undefined || !sanction.acts.includes('timeout')) return 'by the hub';
  return `yes, up to ${count(Math.floor(sanction.maxMs / 86_400_000))} days`;
}

function pace(post: Limits['post']): string {
  if (post?.budget === undefined) return 'no limit';
  return `${post.budget.count} in ${post.budget.perMs / 1_000} s, the rest summed up`;
}

function doubt({ post, find }: Limits): string {
  if (post?.idempotent === true) return 'repeated, the platform knows it';
  return find === undefined ? 'told as in doubt, never repeated' : 'looked for there';
}

function within(windowMs: number | null): string {
  return windowMs === null ? '' : `, for ${windowMs / 3_600_000} hours`;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
