import { signal } from '@preact/signals';

/*
 * What the address says. A channel stands in its path; one-time secrets and the message to show stand behind `#`,
 * which is never sent to a server.
 */
export interface Route {
  /** `popout`: one channel alone in its window. `embed`: the same within another page, to be read only. */
  readonly view: 'app' | 'popout' | 'embed';
  readonly channel: string | null;
  readonly message: string | null;
  readonly secret: { readonly kind: 'claim' | 'invite'; readonly text: string } | null;
}

export const route = signal<Route>(parseRoute(location.pathname, location.hash));

export function parseRoute(path: string, hash: string): Route {
  const [, place = 'c', channel] = /^\/(c|popout|embed)\/([a-z0-9][a-z0-9-]{0,47})\/?$/.exec(path) ?? [];
  const behind = new URLSearchParams(hash.replace(/^#/, ''));
  const message = behind.get('m');
  return {
    view: place === 'popout' || place === 'embed' ? place : 'app',
    channel: channel ?? null,
    message: message !== null && /^[0-9a-f-]{36}$/.test(message) ? message : null,
    secret: secretIn(behind),
  };
}

export function channelHref(channel: string): string {
  return `/c/${channel}`;
}

/** The whole address of one message, to be copied. */
export function messageLink(channel: string, message: string): string {
  return new URL(`${channelHref(channel)}#m=${message}`, location.origin).href;
}

export function goTo(href: string): void {
  history.pushState(null, '', href);
  route.value = parseRoute(location.pathname, location.hash);
}

/** Takes a used secret out of the address, so that it is not copied along or found in the history. */
export function forgetSecret(): void {
  history.replaceState(null, '', location.pathname);
  route.value = { ...route.value, secret: null };
}

/** Follows links within the app without loading it anew, and the browser's own Back. */
export function followRoute(): void {
  const read = (): void => {
    route.value = parseRoute(location.pathname, location.hash);
  };
  window.addEventListener('popstate', read);
  window.addEventListener('hashchange', read);
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || link.target !== '' || link.origin !== location.origin || isModified(event)) return;
    if (!link.pathname.startsWith('/c/')) return;
    if (route.value.view === 'embed') {
      // what leads out of a page within a page opens beside that page
      event.preventDefault();
      window.open(link.href, '_blank', 'noopener');
      return;
    }
    event.preventDefault();
    goTo(link.href);
  });
}

function isModified(event: MouseEvent): boolean {
  return event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
}

function secretIn(behind: URLSearchParams): Route['secret'] {
  for (const kind of ['claim', 'invite'] as const) {
    const text = behind.get(kind);
    if (text !== null && text !== '') return { kind, text };
  }
  return null;
}
