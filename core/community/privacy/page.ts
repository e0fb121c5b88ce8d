import type { HubConfig } from '../../../config/schema.ts';
import { AREAS } from './areas.ts';

/** What the page is made from: the configuration, and what is linked now. */
export interface PageFacts {
  readonly config: Pick<HubConfig, 'retention' | 'media' | 'accounts' | 'bridges' | 'log' | 'redisUrl'>;
  /** Platforms of the configured bridges, as people write them. */
  readonly platforms: readonly string[];
}

type Section = readonly [title: string, ...paragraphs: readonly (string | readonly string[])[]];

/** The privacy page: what is kept, how long, where it goes, and what people can do. Pure; escaped, without scripts. */
export function privacyPage(facts: PageFacts): string {
  const body = sections(facts).map(([head, ...rest]) => `<h2>${safe(head)}</h2>\n${rest.map(paragraph).join('\n')}`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Privacy</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Privacy</h1>
${body.join('\n')}
</main>
</body>
</html>
`;
}

const STYLE = `:root{color-scheme:light dark}
body{font:1rem/1.6 system-ui,sans-serif;margin:0 auto;max-width:44rem;padding:1rem 1.25rem 4rem;overflow-wrap:anywhere}
h1{font-size:1.8rem;line-height:1.25}h2{font-size:1.25rem;margin:2rem 0 .25rem}`;

function sections({ config, platforms }: PageFacts): readonly Section[] {
  const kept = [...new Set(AREAS.flatMap(({ holds }) => holds ?? []))];
  const staying = AREAS.flatMap(({ holds, kept: why }) => (why === undefined ? [] : [`${holds ?? ''}: ${why.why}`]));
  return [
    [
      'Who reads what you write',
      'What you write in a public channel is read by everybody who opens it, also without an account here where guests may read. It is shown with your name and picture.',
      platforms.length === 0
        ? 'This hub is linked with no other platform.'
        : `Public channels may be linked with rooms on ${list(platforms)}: what you write in one is shown in the others, and is then kept by those platforms under their own rules.`,
      'Administrators of this hub may read public channels unnoticed: they are then in no list and no count.',
      'Private conversations are for their members. What passes the hub is readable by the hub and by whoever runs it; conversations between two Matrix accounts that are encrypted end to end are not.',
    ],
    ['What is kept', kept],
    ['For how long', keepTimes(config)],
    [
      'How to stay out',
      'Write !nobridge in a linked room (with the sign that commands have there): from your next message on, what you write stays in that room, with all your linked accounts. The hub neither carries nor keeps it. What you wrote before stays; !erase takes it away.',
    ],
    [
      'How to get what is kept of you',
      'Signed in, ask for it in the chat with /mydata, or GET /api/v1/me/data: all rows about you and all your messages, private ones among them, as JSON lines. Link your accounts first to get all of them together.',
    ],
    [
      'How to be forgotten',
      'Write /erase in the chat or !erase in a linked room. All your messages go, with all your linked accounts: here, in the search, in the library, in quotes, and their copies in every room that the hub can reach within a day. Files go, and all rows about you. It cannot be undone. If you write again later from an account on a platform, you are somebody new.',
      'This stays:',
      staying,
      'Backups are the business of whoever runs this hub.',
    ],
  ];
}

function keepTimes({ retention, media, accounts, log, redisUrl }: PageFacts['config']): readonly string[] {
  const days = (count: number | null): string =>
    count === null ? 'until you erase them' : `${count} day${count === 1 ? '' : 's'}`;
  const store = redisUrl === null ? 'the live store' : 'Redis';
  return [
    `Messages, with their edits and reactions: ${days(retention.messagesDays)}.`,
    `Files and pictures: ${days(media.keepDays)}.`,
    `Who was in a channel, and when last: ${days(retention.seenDays)}.`,
    `Acts of moderation: ${days(retention.auditDays)}.`,
    `Sessions: ${days(accounts.sessionDays)} after they were last used.`,
    `Copies of new messages in ${store}: about ${log.hotMinutes} minutes after they are archived.`,
    'Network addresses are held in memory while you are connected and for limits on requests, and are written nowhere.',
  ];
}

function paragraph(text: string | readonly string[]): string {
  if (typeof text === 'string') return `<p>${safe(text)}</p>`;
  return `<ul>\n${text.map((one) => `<li>${safe(one)}</li>`).join('\n')}\n</ul>`;
}

function list(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

function safe(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
