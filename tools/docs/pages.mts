/** A page of the site, made from a file of the repository. */
export interface SitePage {
  /** From the root of the repository. */
  readonly file: string;
  /** Its name on the site, without `.html`. */
  readonly slug: string;
  /** What the list of pages calls it. */
  readonly title: string;
}
/** Pages for one kind of reader. */
export interface Section {
  readonly title: string;
  readonly pages: readonly SitePage[];
}

function page(file: string, slug: string, title: string): SitePage {
  return { file, slug, title };
}
function doc(slug: string, title: string): SitePage {
  return page(`docs/${slug}.md`, slug, title);
}

/** The pages in the order in which the list of pages has them. What else lies in `docs` comes behind them. */
export const SECTIONS: readonly Section[] = [
  {
    title: 'Begin',
    pages: [
      page('README.md', 'index', 'Slipmat Hub'),
      doc('quick-start', 'Quick start'),
      doc('pictures', 'Every page in pictures'),
      page('CHANGELOG.md', 'changelog', 'Changes'),
    ],
  },
  {
    title: 'For listeners',
    pages: [
      doc('chat', 'The chat'),
      doc('private-messages', 'Private messages'),
      doc('people', 'People'),
      doc('library', 'Links and pictures'),
      doc('privacy', 'Privacy'),
    ],
  },
  {
    title: 'For DJs',
    pages: [
      doc('djs', 'Your channel'),
      doc('link-discord', 'Link Discord'),
      doc('link-twitch', 'Link Twitch'),
      doc('link-telegram', 'Link Telegram'),
      doc('link-matrix', 'Link Matrix'),
      doc('link-irc', 'Link IRC'),
      doc('overlay', 'The overlay in OBS'),
      doc('live-events', 'Live events'),
      doc('house-rules', 'House rules'),
      doc('rooms', 'Rooms and commands'),
      doc('fidelity', 'What arrives where'),
    ],
  },
  {
    title: 'For moderators',
    pages: [doc('moderators', 'Keeping it friendly'), doc('console', 'The console')],
  },
  {
    title: 'For admins',
    pages: [
      doc('admins', 'Running a hub'),
      doc('configuration', 'Configuration'),
      doc('operations', 'Operations'),
      doc('metrics', 'Metrics'),
      doc('media', 'Pictures and files'),
      doc('state', 'Where it is kept'),
      doc('performance', 'Performance'),
      doc('matrix', 'Matrix as the backbone'),
      doc('backends', 'Why Matrix'),
      page('bridges/discord/README.md', 'bridge-discord', 'Discord in detail'),
      page('bridges/twitch/README.md', 'bridge-twitch', 'Twitch in detail'),
      page('bridges/telegram/README.md', 'bridge-telegram', 'Telegram in detail'),
      page('bridges/matrix/README.md', 'bridge-matrix', 'Matrix in detail'),
      page('examples/irc/README.md', 'bridge-irc', 'IRC in detail'),
    ],
  },
  {
    title: 'For developers',
    pages: [
      doc('developers', 'Where to begin'),
      doc('api', 'REST API'),
      doc('webhooks', 'Webhooks out'),
      doc('protocol', 'Native protocol'),
      page('examples/bot/README.md', 'example-bot', 'A bot in twenty lines'),
      doc('writing-a-bridge', 'Writing a bridge'),
      page('examples/jukebox/README.md', 'example-jukebox', 'An example bridge'),
      doc('architecture', 'Architecture'),
      doc('ux', 'What the chat promises'),
      doc('stories', 'Stories'),
      page('CONTRIBUTING.md', 'contributing', 'Contributing'),
    ],
  },
];
