import type { Rich, RichNode } from '../../core/domain/content.ts';
import type { WireChatMessage } from '../../core/domain/wire.ts';
import { accentColours, nameColour, ON_ACCENT } from '../chat/colour.ts';
import type { OverlayOptions } from './options.ts';
import { isSafeImage, type SceneRow } from './scene.ts';

/** Brings the page to these rows; each is an element of its own, which stays while its row does. */
export interface Stage {
  draw(rows: readonly SceneRow[]): void;
  /** In the hue of the channel; null: it has none. */
  colour(hue: number | null): void;
}

const PLATFORM_MARKS: Readonly<Record<string, string>> = {
  slipmat: 'SL',
  discord: 'DC',
  twitch: 'TW',
  telegram: 'TG',
  matrix: 'MX',
};
const BADGES: Readonly<Record<string, string>> = { admin: 'ADMIN', dj: 'DJ', moderator: 'MOD', bot: 'BOT' };

export function createStage(root: HTMLElement, options: OverlayOptions): Stage {
  const drawn = new Map<string, { readonly element: HTMLElement; readonly message: WireChatMessage }>();
  dress(root, options);

  function elementOf(row: SceneRow): HTMLElement {
    const { message } = row;
    const there = drawn.get(message.id);
    if (there?.message === message) return there.element;
    const element = rowElement(message, options);
    if (there === undefined) element.classList.add('new');
    else there.element.replaceWith(element);
    drawn.set(message.id, { element, message });
    return element;
  }

  return {
    colour(hue) {
      for (const name of ['--accent', '--on-accent']) root.style.removeProperty(name);
      if (hue === null) return;
      root.style.setProperty('--accent', accentColours(hue, true, false).fill);
      root.style.setProperty('--on-accent', ON_ACCENT);
    },
    draw(rows) {
      const ids = new Set<string>(rows.map(({ message }) => message.id));
      for (const [id, { element }] of drawn) {
        if (ids.has(id)) continue;
        element.remove();
        drawn.delete(id);
      }
      let before: Element | null = null;
      for (const row of rows) {
        const element = elementOf(row);
        const place: Element | null = before === null ? root.firstElementChild : before.nextElementSibling;
        if (place !== element) root.insertBefore(element, place);
        before = element;
      }
    },
  };
}

/** Looks come from the link; set one by one, for a page with the strictest policy has no style in its markup. */
function dress(root: HTMLElement, options: OverlayOptions): void {
  const { style } = root;
  style.setProperty('--size', `${options.size}px`);
  style.setProperty('--line', String(options.line));
  style.setProperty('--weight', String(options.weight));
  style.setProperty('--background', options.background);
  style.setProperty('--ink', options.ink);
  if (options.font !== null) style.setProperty('--font', `"${options.font}"`);
  root.dataset.dir = options.dir;
  root.dataset.align = options.align;
  root.dataset.anim = options.anim;
  root.dataset.theme = options.theme;
  root.classList.toggle('shadow', options.hasShadow);
}

function rowElement(message: WireChatMessage, options: OverlayOptions): HTMLElement {
  const { author, content, sentAt } = message;
  const row = make('div', 'row');
  row.dataset.id = message.id;
  if (options.hasTimes) row.append(make('time', 'time', timeOf(sentAt)));
  if (options.hasAvatars && author.avatarUrl !== null && isOurs(author.avatarUrl)) {
    row.append(picture(author.avatarUrl, '', 'avatar'));
  }
  if (options.hasBadges) {
    const mark = make('span', 'platform', PLATFORM_MARKS[author.platform] ?? author.platform.slice(0, 2).toUpperCase());
    mark.dataset.platform = author.platform;
    row.append(mark);
    const badge = author.badge === null ? undefined : BADGES[author.badge];
    if (badge !== undefined) row.append(make('span', `badge ${author.badge}`, badge));
  }
  const name = make('span', 'name', author.name);
  if (options.hasColours) name.style.setProperty('color', nameColour(author.user).dark);
  row.append(name, ' ', text(content.rich, options));
  if (options.images === 'safe') {
    for (const file of content.attachments.filter(isSafeImage)) {
      if (isOurs(file.url)) row.append(picture(file.url, file.alt ?? '', 'attachment'));
    }
  }
  return row;
}

function text(rich: Rich, options: OverlayOptions): HTMLElement {
  const body = make('span', 'text');
  body.append(...rich.map((node) => nodeOf(node, options)));
  return body;
}

const ELEMENTS = { bold: 'strong', italic: 'em', underline: 'u', strike: 's', quote: 'q' } as const;

/** The tree as elements: nothing in a message is ever read as markup, and nobody can press anything here. */
function nodeOf(node: RichNode, options: OverlayOptions): Node {
  switch (node.t) {
    case 'text':
      return document.createTextNode(node.text);
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strike':
    case 'quote': {
      const element = make(ELEMENTS[node.t], '');
      element.append(...node.children.map((child) => nodeOf(child, options)));
      return element;
    }
    case 'spoiler':
      return make('span', 'spoiler', 'spoiler');
    case 'code':
    case 'pre':
      return make('code', '', node.text);
    case 'link': {
      const element = make('span', 'link');
      element.append(...node.children.map((child) => nodeOf(child, options)));
      return element;
    }
    case 'mention':
      return make('span', 'mention', `@${node.name}`);
    case 'channel':
      return make('span', 'mention', `#${node.name}`);
    case 'emoji':
      if (!options.hasEmoji || node.url === null || !isOurs(node.url)) return make('span', '', `:${node.name}:`);
      return picture(node.url, `:${node.name}:`, 'emoji');
  }
}

function make(tag: string, className: string, words?: string): HTMLElement {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  if (words !== undefined) element.textContent = words;
  return element;
}

function picture(url: string, alt: string, className: string): HTMLElement {
  const element = document.createElement('img');
  element.src = url;
  element.alt = alt;
  element.className = className;
  return element;
}

function isOurs(url: string): boolean {
  return new URL(url, location.href).origin === location.origin;
}

function timeOf(at: number): string {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}
