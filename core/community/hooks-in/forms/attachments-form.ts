import type { Rich } from '../../../domain/content.ts';
import { parseMarkup } from '../../../plugin/markup/parse.ts';
import { bold, type Fields, fieldsOf, lines, linked, listOf, plain, type ReadForm, textOf, urlOf } from './form.ts';

/** `text`, `attachments` and `blocks`, as those send it who post to Slack. */
export function readAttachments(body: Fields): ReadForm {
  const text = textOf(body.text);
  const blocks = listOf(body.blocks).map(blockLines);
  const attachments = listOf(body.attachments).map(attachmentLines);
  // with blocks the text is what a notification shows of them
  const first = text === null || blocks.length > 0 ? null : marked(text);
  const rich = lines([first, ...blocks, ...attachments]);
  const shown = rich.length > 0 || text === null ? rich : marked(text);
  if (shown.length === 0) return { ok: false, say: 'no_text' };
  return {
    ok: true,
    post: { rich: shown, name: textOf(body.username), avatarUrl: urlOf(body.icon_url), key: null },
  };
}

function attachmentLines(attachment: Fields): Rich {
  const pretext = textOf(attachment.pretext);
  const author = textOf(attachment.author_name);
  const title = textOf(attachment.title);
  const url = urlOf(attachment.title_link);
  const text = textOf(attachment.text);
  const image = urlOf(attachment.image_url);
  const footer = textOf(attachment.footer);
  const rich = lines([
    pretext === null ? null : marked(pretext),
    author === null ? null : [linked(author, urlOf(attachment.author_link))],
    title === null ? null : [{ t: 'bold', children: url === null ? marked(title) : [linked(unescaped(title), url)] }],
    text === null ? null : marked(text),
    ...listOf(attachment.fields).map(fieldLine),
    ...listOf(attachment.blocks).map(blockLines),
    image === null ? null : [linked(image, image)],
    footer === null ? null : [{ t: 'italic', children: [plain(unescaped(footer))] }],
  ]);
  const fallback = textOf(attachment.fallback);
  return rich.length > 0 || fallback === null ? rich : marked(fallback);
}

function fieldLine(field: Fields): Rich | null {
  const title = textOf(field.title);
  const value = textOf(field.value);
  if (title === null && value === null) return null;
  return [...(title === null ? [] : [bold(unescaped(title)), plain(': ')]), ...(value === null ? [] : marked(value))];
}

function blockLines(block: Fields): Rich {
  const text = blockText(block.text);
  switch (block.type) {
    case 'header':
      return text === null ? [] : [bold(unescaped(text))];
    case 'divider':
      return [plain('—')];
    case 'image': {
      const url = urlOf(block.image_url);
      return url === null ? [] : [linked(textOf(block.alt_text) ?? url, url)];
    }
    case 'context':
      return listOf(block.elements).flatMap((element, at) => {
        const said = blockText(element);
        return said === null ? [] : [...(at === 0 ? [] : [plain(' ')]), ...marked(said)];
      });
    case 'actions':
      return listOf(block.elements).flatMap((element, at) => {
        const label = blockText(element.text);
        return label === null ? [] : [...(at === 0 ? [] : [plain(' · ')]), linked(label, urlOf(element.url))];
      });
    default: {
      const fields = listOf(block.fields).map((field) => {
        const said = blockText(field);
        return said === null ? null : marked(said);
      });
      return lines([text === null ? null : marked(text), ...fields]);
    }
  }
}

/** A text object, or what some send in its place. */
function blockText(value: unknown): string | null {
  return textOf(typeof value === 'string' ? value : fieldsOf(value).text);
}

/** Its markup as ours: what stands between angle brackets is a link or names somebody, the rest is escaped. */
function marked(text: string): Rich {
  const read = text
    .replace(/<(https?:\/\/[^|>\s]{1,1000})\|([^>\n]{1,300})>/g, '$2 ($1)')
    .replace(/<(https?:\/\/[^|>\s]{1,1000})>/g, '$1')
    .replace(/<mailto:([^|>\s]{1,200})(?:\|[^>]{0,200})?>/g, '$1')
    .replace(/<[@#][A-Z0-9]{1,20}\|([^>\n]{1,80})>/g, '@$1')
    .replace(/<@[A-Z0-9]{1,20}>/g, '@someone')
    .replace(/<#[A-Z0-9]{1,20}>/g, '#channel')
    .replace(/<!(\w{1,20})(?:[^>]{0,200})?>/g, '@$1')
    .replace(/(^|[\s(])\*([^*\n]{1,500})\*(?=$|[\s).,:;!?])/gm, '$1**$2**')
    .replace(/(^|[\s(])~([^~\n]{1,500})~(?=$|[\s).,:;!?])/gm, '$1~~$2~~');
  return parseMarkup(unescaped(read));
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
