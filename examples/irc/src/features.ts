/** What a server says of itself in RPL_ISUPPORT (005). */
export interface Features {
  readonly fold: (name: string) => string;
  /** Mode letter and sign of each rank in a channel, highest first. */
  readonly ranks: readonly { readonly mode: string; readonly sign: string }[];
  readonly channelTypes: string;
  /** Modes that are lists, as bans are. */
  readonly listModes: string;
  /** Modes that always take a parameter, and those that take one when they are set. */
  readonly paramModes: { readonly always: string; readonly whenSet: string };
  /** Bytes of a line without its tags, the end of line included. */
  readonly lineBytes: number;
  readonly nickLength: number;
  readonly hasWhox: boolean;
  /** Messages at once by CHATHISTORY. */
  readonly historyLimit: number;
  /** How an account is written in a ban, such as `~account:` or `R:`; null where it cannot be. */
  readonly accountBan: string | null;
  /** How a ban begins that only silences; null where there is none. */
  readonly muteBan: string | null;
  /** The flag that bots have in WHO. */
  readonly botFlag: string | null;
}

export type Tokens = ReadonlyMap<string, string>;

/** Takes in one more 005: `NAME=value`, `NAME`, or `-NAME` for what is taken back. */
export function withTokens(tokens: Tokens, params: readonly string[]): Tokens {
  const next = new Map(tokens);
  for (const token of params.slice(1, -1)) {
    const [name = '', value = ''] = splitOnce(token, '=');
    if (name.startsWith('-')) next.delete(name.slice(1).toUpperCase());
    else
      next.set(
        name.toUpperCase(),
        value.replace(/\\x([0-9A-Fa-f]{2})/g, (_, hex: string) => charOf(hex)),
      );
  }
  return next;
}

export function featuresOf(tokens: Tokens): Features {
  const [lists = '', always = '', whenSet = ''] = (tokens.get('CHANMODES') ?? 'b,k,l,imnpst').split(',');
  const [extbanSign = '', extbans = ''] = splitOnce(tokens.get('EXTBAN') ?? '', ',');
  return {
    fold: foldBy(tokens.get('CASEMAPPING') ?? 'rfc1459'),
    ranks: ranksOf(tokens.get('PREFIX') ?? '(ov)@+'),
    channelTypes: tokens.get('CHANTYPES') ?? '#&',
    listModes: lists,
    paramModes: { always, whenSet },
    lineBytes: bounded(tokens.get('LINELEN'), 512, 512, 8_192),
    nickLength: bounded(tokens.get('NICKLEN'), 9, 1, 200),
    hasWhox: tokens.has('WHOX'),
    historyLimit: bounded(tokens.get('CHATHISTORY'), 50, 1, 1_000),
    accountBan: accountBanOf((tokens.get('ACCOUNTEXTBAN') ?? '').split(',')[0] ?? '', extbanSign, extbans),
    muteBan: extbanSign === '' && extbans.includes('m') ? 'm:' : extbanSign === '~' ? '~q:' : null,
    botFlag: tokens.get('BOT') || null,
  };
}

/** The same letter means another thing on another kind of server, which the sign tells apart. */
function accountBanOf(name: string, sign: string, letters: string): string | null {
  if (name !== '') return `${sign}${name}:`;
  if (sign === '' && letters.includes('R')) return 'R:';
  return sign === '$' && letters.includes('a') ? '$a:' : null;
}

function bounded(text: string | undefined, otherwise: number, least: number, most: number): number {
  const value = Number(text || Number.NaN);
  return Number.isInteger(value) ? Math.min(Math.max(value, least), most) : otherwise;
}

function ranksOf(prefix: string): Features['ranks'] {
  const found = /^\(([^)]*)\)(.*)$/.exec(prefix);
  const signs = [...(found?.[2] ?? '')];
  return [...(found?.[1] ?? '')].map((mode, index) => ({ mode, sign: signs[index] ?? '' }));
}

/** Names are the same that differ in case alone; to old servers `{}|~` are the small letters of `[]\^`. */
function foldBy(mapping: string): (name: string) => string {
  switch (mapping) {
    case 'ascii':
      return asciiFold;
    case 'rfc1459':
      return (name) => asciiFold(name).replace(/[[\]\\^]/g, small);
    case 'rfc1459-strict':
    case 'strict-rfc1459':
      return (name) => asciiFold(name).replace(/[[\]\\]/g, small);
    default:
      return (name) => name.toLowerCase();
  }
}

function asciiFold(name: string): string {
  return name.replace(/[A-Z]/g, small);
}

function small(character: string): string {
  return String.fromCharCode(character.charCodeAt(0) + 32);
}

function charOf(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

function splitOnce(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
