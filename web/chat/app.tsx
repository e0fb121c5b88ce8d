import { effect, signal } from '@preact/signals';
import { ChatScreen } from './parts/chat-screen.tsx';
import { Gate } from './parts/gate.tsx';
import { Toasts } from './parts/toasts.tsx';
import { forgetSecret, route } from './route.ts';
import { fetchConfig, type HubConfig, type SignedIn, signOut, UNKNOWN_CONFIG } from './state/api.ts';
import { type Chat, createChat } from './state/chat.ts';
import { closeOverlay } from './state/overlay.ts';
import { remember, session } from './state/session.ts';

const GUEST = 'guest';
const config = signal<HubConfig | null>(null);
const chat = signal<Chat | null>(null);
/** Standing at the door: by wish, by a link with a secret, or because the session has ended. */
const gate = signal<{ readonly note: string | null } | null>(null);

/** Decides what is shown first: the chat for those signed in and for guests, else the door. */
export async function start(): Promise<void> {
  const hasSecret = route.value.secret !== null;
  if (session.value !== null && !hasSecret) comeIn();
  const answer = await fetchConfig();
  config.value = answer ?? UNKNOWN_CONFIG;
  if (chat.value !== null) return;
  const isGuestWelcome = config.value.guests !== 'off' && !config.value.needsAdmin;
  if (hasSecret || !isGuestWelcome) gate.value = { note: null };
  else comeIn();
}

export function App() {
  const hub = config.value ?? UNKNOWN_CONFIG;
  const here = chat.value;
  return (
    <>
      {gate.value !== null ? (
        <Gate
          config={hub}
          secret={route.value.secret}
          note={gate.value.note}
          onEnter={entered}
          onGuest={hub.guests === 'off' ? null : asGuest}
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
  const who = session.value;
  const opened = createChat(who?.token ?? null, who === null ? GUEST : `user ${who.name}`);
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

function asGuest(): void {
  forgetSecret();
  if (chat.value === null || session.value !== null) {
    remember(null);
    comeIn();
  }
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
