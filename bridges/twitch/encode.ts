import { plainText, type Rich, type RichNode } from '../../core/domain/content.ts';
import type { MediaRef } from '../../core/plugin/operations.ts';

/** Characters of one message, counted as code points. */
export const MAX_TEXT = 500;
/** Kept free where a repeated text must be told from the one before. */
export const REPEAT_ROOM = 2;

const FILL = '\u{e0000}';
const LINE_BREAKS = /\s*[\n\r\v\f\u0085\u2028\u2029]+\s*/gu;
const CONTROLS = /[\p{Cc}\u2028\u2029]/gu;
const EVERYBODY = /@(?=(?:everyone|here|all|room|channel)\b)/giu;
/** Chat programs read a line that begins so as a command; these look alike. */
const COMMAND_MARKS: Readonly<Record<string, string>> = { '/': '\uff0f', '.': '\u2024', '\\': '\uff3c' };

/**
 * One line of plain text that no chat program takes for a command.
 * The fullest form that fits: with the addresses of links and marked line ends, else as the tree reads without marks.
 * @returns at most `max` code points; empty when there is nothing to say
 */
export function encodeText(rich: Rich, media: readonly MediaRef[] = [], max = MAX_TEXT): string {
  const files = media.map((one) => (one.publicUrl === null ? one.name : `${one.name}: ${one.publicUrl}`)).join('\n');
  const whole = (text: string): string => (text === '' || files === '' ? text + files : `${text}\n${files}`);
  const full = oneLine(whole(fullText(rich)), ' / ');
  if (sizeOf(full) <= max) return tame(full);
  const bare = oneLine(whole(bareText(rich)), ' ');
  return tame(cut(bare, max));
}

/** The same text for the eye, but another one for a filter that refuses what was just said. */
export function repeated(text: string, times: number, max = MAX_TEXT): string {
  if (times === 0) return text;
  const tail = ` ${FILL.repeat(Math.min(times, max / 2))}`;
  return cut(text, max - sizeOf(tail)) + tail;
}

function tame(text: string): string {
  const mark = COMMAND_MARKS[text.slice(0, 1)];
  return (mark === undefined ? text : mark + text.slice(1)).replace(EVERYBODY, '\uff20');
}

function oneLine(text: string, lineBreak: string): string {
  return text.trim().replace(LINE_BREAKS, lineBreak).replaceAll('\t', ' ').replace(CONTROLS, '');
}

function sizeOf(text: string): number {
  return [...text].length;
}

function cut(text: string, max: number): string {
  const points = [...text];
  return points.length <= max ? text : `${points.slice(0, max - 1).join('')}…`;
}

/** What the core has measured: never longer than the plain text. */
function bareText(rich: Rich): string {
  return rich.map((node) => (node.t === 'emoji' ? node.name : plainText([node]))).join('');
}

function fullText(rich: Rich): string {
  return rich.map(fullNode).join('');
}

function fullNode(node: RichNode): string {
  switch (node.t) {
    case 'text':
    case 'code':
    case 'pre':
      return node.text;
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strike':
      return fullText(node.children);
    case 'spoiler':
      return `||${fullText(node.children)}||`;
    case 'quote':
      return `"${fullText(node.children)}"\n`;
    case 'link':
      return linkText(fullText(node.children), node.url);
    case 'mention':
      return `@${node.name}`;
    case 'channel':
      return `#${node.name}`;
    case 'emoji':
      return node.name;
    default:
      return node satisfies never;
  }
}

function linkText(label: string, url: string): string {
  return label === url || label === '' ? url : `${label} (${url})`;
}
