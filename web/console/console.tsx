import { effect, signal } from '@preact/signals';
import { Fragment } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import Gate from '../chat/parts/gate.tsx';
import { Mark } from '../chat/parts/icons.tsx';
import { Toasts } from '../chat/parts/toasts.tsx';
import { fetchConfig, type HubConfig, type SignedIn, UNKNOWN_CONFIG } from '../chat/state/api.ts';
import { remember, session } from '../chat/state/session.ts';
import { useDesk } from './desk.ts';
import { type ConsoleHub, createConsoleHub } from './hub.ts';
import type { PanelProps } from './panel.ts';
import { TokensPanel } from './panels/tokens.tsx';
import { chosenPanel, panelsFor } from './panels.tsx';

const config = signal<HubConfig>(UNKNOWN_CONFIG);
const hub = signal<ConsoleHub | null>(null);
const note = signal<string | null>(null);

export async function start(): Promise<void> {
  comeIn();
  config.value = (await fetchConfig()) ?? UNKNOWN_CONFIG;
}

function comeIn(): void {
  hub.value?.stop();
  const who = session.value;
  if (who === null) return;
  const opened = createConsoleHub(who.token);
  hub.value = opened;
  const stop = effect(() => {
    const state = opened.connection.value;
    if (state.kind !== 'signed-out') return;
    queueMicrotask(() => {
      stop();
      opened.stop();
      remember(null);
      note.value = state.say;
      hub.value = null;
    });
  });
}

function entered(signedIn: SignedIn): void {
  remember(signedIn);
  comeIn();
}

/** For DJs, moderators and administrators: everything about one channel that is not its chat. */
export function Console() {
  const here = hub.value;
  return (
    <>
      {here === null ? (
        <Gate
          config={config.value}
          secret={null}
          note={note.value ?? 'For DJs and moderators.'}
          onEnter={entered}
          onLeave={null}
        />
      ) : (
        <Room hub={here} />
      )}
      <Toasts />
    </>
  );
}

function Room({ hub: here }: { readonly hub: ConsoleHub }) {
  const channels = here.channels.value;
  const channel = here.channel.value;
  const isAway = here.connection.value.kind !== 'live';
  return (
    <div class="console">
      <header class="console-top">
        <a class="console-brand" href="/" aria-label="Slipmat chat">
          <Mark size={28} />
        </a>
        <h1>Console</h1>
        {channel !== null && (
          <label class="console-channel">
            <span class="sr">Channel</span>
            <select class="input" value={channel.id} onChange={(event) => here.choose(event.currentTarget.value)}>
              {channels?.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <a class="console-back" href={channel === null ? '/' : `/c/${channel.id}`}>
          To the chat
        </a>
      </header>
      <div class="console-state" role="status">
        {isAway && channels !== null ? 'The connection is lost. What you see may be old.' : ''}
      </div>
      {channels === null ? null : channel === null ? (
        <main class="console-empty">
          <p>You look after no channel. A DJ can make you a moderator.</p>
          {here.you.value?.isGuest === false && (
            <>
              <h2>API tokens</h2>
              <TokensPanel hub={here} />
            </>
          )}
        </main>
      ) : (
        <Panels hub={here} />
      )}
    </div>
  );
}

function Panels({ hub: here }: { readonly hub: ConsoleHub }) {
  const channel = here.channel.value;
  return channel === null ? null : <PanelsOf key={channel.id} hub={here} channel={channel} />;
}

function PanelsOf({ hub: here, channel }: Pick<PanelProps, 'hub' | 'channel'>) {
  const desk = useDesk(here.client, channel.id);
  const open = panelsFor(channel, here.you.value?.isAdmin ?? false);
  const current = open.find(({ id }) => id === chosenPanel.value) ?? open[0];
  const link = useRef<HTMLAnchorElement>(null);
  const waits = desk.items?.length ?? 0;
  useEffect(() => {
    link.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    document.title = `${waits > 0 ? `(${waits}) ` : ''}${current?.title ?? 'Console'} · ${channel.name} · Slipmat`;
  });
  if (current === undefined) return null;
  const { Panel } = current;
  return (
    <div class="console-body">
      <nav class="console-nav" aria-label="Parts of the console">
        {open.map(({ id, title, part }, at) => (
          <Fragment key={id}>
            {part !== undefined && part !== open[at - 1]?.part && <p class="console-part">{part}</p>}
            <a
              href={`#${id}`}
              ref={id === current.id ? link : null}
              aria-current={id === current.id ? 'page' : undefined}
            >
              {title}
              {id === 'queue' && waits > 0 && (
                <span class="count">
                  {waits}
                  <span class="sr"> waiting</span>
                </span>
              )}
            </a>
          </Fragment>
        ))}
      </nav>
      <main class="console-main" key={current.id}>
        <h2>{current.title}</h2>
        <Panel hub={here} channel={channel} desk={desk} />
      </main>
    </div>
  );
}
