import type { Rich } from '../../../domain/content.ts';
import { parseMarkup } from '../../../plugin/markup/parse.ts';
import { bold, type Fields, fieldsOf, lines, linked, listOf, plain, type ReadForm, textOf, urlOf } from './form.ts';

/** `content` and `embeds`, as those send it who post to Discord. */
export function readEmbeds(body: Fields): ReadForm {
  const content = textOf(body.content);
  const flags = typeof body.flags === 'number' ? body.flags : 0;
  const embeds = (flags & NO_EMBEDS) === 0 ? listOf(body.embeds).slice(0, MOST_EMBEDS) : [];
  const rich = lines([content === null ? null : marked(content), ...embeds.map(embedLines)]);
  return {
    ok: true,
    post: { rich, name: textOf(body.username), avatarUrl: urlOf(body.avatar_url), key: null },
  };
}

const MOST_EMBEDS = 10;
const NO_EMBEDS = 4;

function embedLines(embed: Fields): Rich {
  const author = fieldsOf(embed.author);
  const name = textOf(author.name);
  const title = textOf(embed.title);
  const url = urlOf(embed.url);
  const description = textOf(embed.description);
  const footer = textOf(fieldsOf(embed.footer).text);
  return lines([
    name === null ? null : [linked(name, urlOf(author.url))],
    title === null ? null : url === null ? [bold(title)] : [{ t: 'bold', children: [linked(title, url)] }],
    description === null ? null : marked(description),
    ...listOf(embed.fields).map(fieldLine),
    picture(embed.image),
    footer === null ? null : [{ t: 'italic', children: [plain(footer)] }],
  ]);
}

function fieldLine(field: Fields): Rich | null {
  const name = textOf(field.name);
  const value = textOf(field.value);
  if (name === null && value === null) return null;
  return [...(name === null ? [] : [bold(name), plain(': ')]), ...(value === null ? [] : marked(value))];
}

function picture(image: unknown): Rich | null {
  const url = urlOf(fieldsOf(image).url);
  return url === null ? null : [linked(url, url)];
}

/** Its markup is nearly ours; what names people and places there names nobody here. */
function marked(text: string): Rich {
  const read = text
    .replace(/\[([^\]\n]{1,300})\]\(<?(https?:\/\/[^\s)>]{1,1000})>?\)/g, '$1 ($2)')
    .replace(/<(https?:\/\/[^\s>]{1,1000})>/g, '$1')
    .replace(/<a?(:\w{2,32}:)\d{1,20}>/g, '$1')
    .replace(/<@[!&]?\d{1,20}>/g, '@someone')
    .replace(/<#\d{1,20}>/g, '#channel')
    .replace(/<t:(-?\d{1,11})(?::[a-zA-Z])?>/g, (whole, seconds: string) => timeOf(Number(seconds)) ?? whole);
  return parseMarkup(read);
}

function timeOf(seconds: number): string | null {
  const time = new Date(seconds * 1_000);
  return Number.isNaN(time.getTime()) ? null : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
