import { useEffect, useState } from 'preact/hooks';
import type { Client } from '../../../client/index.ts';
import type { PortalQuestions } from '../../../core/plugin/asked/portals.ts';
import { platformName } from '../../chat/platforms.ts';
import { toast } from '../../chat/state/toast.ts';
import { act } from '../asked.ts';
import { clockTime } from '../time.ts';

type Bridges = PortalQuestions['portal-health'][1]['bridges'];

/** What the account of the hub needs in a room, by platform. */
const NEEDS: Readonly<Record<string, string>> = {
  discord: 'The bot needs: View Channel, Send Messages, Read Message History, Manage Webhooks, Manage Messages.',
  telegram: 'The bot must be in the group as an administrator who may delete messages and restrict members.',
  twitch: 'Make the bot a moderator of the channel: /mod and its name.',
  matrix: 'Invite the bot, and give it the power to delete messages and to remove people.',
};
const AGAIN_MS = 5_000;

/** A code, and the command by which somebody who administers the room links it; it is over in ten minutes. */
export function LinkCode(props: {
  readonly client: Client;
  readonly channel: string;
  readonly bridges: Bridges;
  /** Asks whether the room is there by now. */
  readonly onLinked: () => void;
}) {
  const { client, channel, bridges } = props;
  const [bridge, setBridge] = useState('');
  const [made, setMade] = useState<{ readonly code: string; readonly expiresAt: number } | null>(null);
  useEffect(() => {
    if (made === null) return;
    const again = setInterval(props.onLinked, AGAIN_MS);
    const over = setTimeout(() => setMade(null), Math.max(0, made.expiresAt - Date.now()));
    return () => {
      clearInterval(again);
      clearTimeout(over);
    };
  }, [made]);

  async function make(): Promise<void> {
    setMade(await act(client, 'portal-code', { channel, bridge: bridge === '' ? null : bridge }));
  }
  const command = made === null ? '' : `!bridge ${made.code}`;
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(command);
    toast('Copied. Write it in the room.');
  }
  const chosen = bridges.find(({ id }) => id === bridge);
  const needs = chosen === undefined ? undefined : NEEDS[chosen.platform.toLowerCase()];

  return (
    <section class="card" aria-label="Link a room">
      <h3>Link a room</h3>
      {bridges.length === 0 ? (
        <p class="soft">The hub has no bridge to another platform yet; an admin configures them.</p>
      ) : (
        <div class="inline-line">
          <label class="field">
            <span>Platform</span>
            <select class="input" value={bridge} onChange={(event) => setBridge(event.currentTarget.value)}>
              <option value="">any</option>
              {bridges.map(({ id, platform, state }) => (
                <option key={id} value={id}>
                  {platformName(platform)}
                  {platform.toLowerCase() === id ? '' : ` (${id})`}
                  {state === 'live' || state === 'elsewhere' ? '' : `, ${state}`}
                </option>
              ))}
            </select>
          </label>
          <button type="button" class="button primary" onClick={() => void make()}>
            Make a code
          </button>
        </div>
      )}
      {needs !== undefined && <p class="soft">{needs}</p>}
      {made !== null && (
        <div class="code-card" role="status">
          <p>Somebody who administers the room writes this in it, before {clockTime(made.expiresAt)}:</p>
          <p class="code-line">
            <code>{command}</code>
            <button type="button" class="button" onClick={() => void copy()}>
              Copy
            </button>
          </p>
        </div>
      )}
    </section>
  );
}
