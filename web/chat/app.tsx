import { effect, signal } from '@preact/signals';
import { ChatScreen } from './parts/chat-screen.tsx';
import type { WayOut } from './parts/gate.tsx';
import { lazy } from './parts/lazy.tsx';
import { Toasts } from './parts/toasts.tsx';
import { forgetSecret, route } from './route.ts';
import { fetchConfig, type HubConfig, type SignedIn, signOut, UNKNOWN_CONFIG } from './state/api.ts';
import { type Chat, createChat } from './state/chat.ts';
import { closeOverlay } from './state/overlay.ts';
import { remember, session } from './state/session.ts';
import { toast } from './state/toast.ts';
import { t } from './words.ts';

const Gate = lazy(() => import('./parts/gate.tsx'));
const GUEST = 'guest';
const config = signal<HubConfig | null>(null);
const chat = signal<Chat | null>(null);
/** Standing at the door: by wish, by a link with a secret, or because the session has ended. */
const gate = signal<{ readonly note: string | null } | null>(null);

export async function start(): Promise<void> {
  if (session.value !== null && route.value.secret === null) comeIn();
  await arrive();
  // Opened in a tab where the app runs already, a link with a secret changes only what stands behind `#`.
  let known = route.value.secret;
  route.subscribe(({ secret }) => {
    if (secret !== null && secret.text !== known?.text) void arrive();
    known = secret;
  });
}

/** Decides what is shown: the door for who comes with a secret, the chat for those signed in and for guests. */
async function arrive(): Promise<void> {
  const answer = await fetchConfig();
  config.value = answer ?? UNKNOWN_CONFIG;
  if (route.value.secret?.kind === 'claim' && answer?.needsAdmin === false) {
    forgetSecret();
    toast(t('That link has been used: this hub has an administrator.'));
  }
  if (route.value.secret !== null) {
    gate.value = { note: null };
    return;
  }
  if (chat.value !== null) return;
  const isGuestWelcome = config.value.guests !== 'off' && !config.value.needsAdmin;
  if (session.value !== null || isGuestWelcome) comeIn();
  else gate.value = { note: null };
}

export function App() {
  const hub = config.value ?? UNKNOWN_CONFIG;
  const here = chat.value;
  return (
    <>
      {gate.value !== null && route.value.view === 'embed' ? (
        <p class="join-bar">{t('This chat is for people with an account.')}</p>
      ) : gate.value !== null ? (
        <Gate
          key={route.value.secret?.text ?? ''}
          config={hub}
          secret={route.value.secret}
          note={gate.value.note}
          onEnter={entered}
          onLeave={wayOut(hub)}
        />
      ) : (
        here !== null && (
          <ChatScreen
            chat={here}
            onSignIn={() => {
              gate.value = { note: null };
            }}
            onSignOut={leave}
          />
        )
      )}
      <Toasts />
    </>
  );
}

/** Opens the one connection of the page, as whoever is signed in, else as a guest. */
function comeIn(): void {
  chat.value?.stop();
  // Within another page nobody is signed in: it is for reading, and whose page it is is not known.
  const who = route.value.view === 'embed' ? null : session.value;
  const owner = who === null ? GUEST : `user ${who.name}`;
  const opened = createChat(who?.token ?? null, owner, () => config.value?.maxBytes ?? null);
  chat.value = opened;
  gate.value = null;
  // Only a connection can tell that a token has ended; then the door is where one goes.
  const stop = effect(() => {
    const state = opened.connection.value;
    if (state.kind !== 'signed-out') return;
    queueMicrotask(() => {
      stop();
      if (chat.value === opened) signedOut(state.say);
    });
  });
}

function entered(signedIn: SignedIn): void {
  remember(signedIn);
  forgetSecret();
  comeIn();
}

/** Past the door without signing in: as who one is already, else as a guest. */
function wayOut(hub: HubConfig): WayOut | null {
  if (session.value !== null) return { label: t('Stay as {name}', { name: session.value.name }), run: passBy };
  return hub.guests === 'off' ? null : { label: t('Look around as a guest'), run: passBy };
}

function passBy(): void {
  forgetSecret();
  if (chat.value === null) comeIn();
  gate.value = null;
}

function leave(): void {
  closeOverlay();
  const token = session.value?.token;
  if (token !== undefined) void signOut(token);
  signedOut(null);
}

function signedOut(note: string | null): void {
  remember(null);
  chat.value?.stop();
  chat.value = null;
  gate.value = { note };
}
