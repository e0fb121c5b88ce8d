import type { Client } from '../../../client/index.ts';
import { platformName } from '../../chat/platforms.ts';
import { LIVE_MS, useAsked } from '../asked.ts';
import { spanText } from '../time.ts';

/** Each linked room in a word, with the way to its card. */
export function PlatformStates({ client, channel }: { readonly client: Client; readonly channel: string }) {
  const portals = useAsked(client, 'portals', { channel }, LIVE_MS);
  const health = useAsked(client, 'portal-health', { channel }, LIVE_MS);
  const found = portals.value?.portals ?? [];
  if (found.length === 0) return null;
  return (
    <ul class="states" aria-label="Platforms">
      {found.map(({ id, platform }) => {
        const one = health.value?.portals.find(({ portal }) => portal === id);
        const state = one?.state ?? 'connecting';
        return (
          <li key={id}>
            <a href="#platforms" class={`state ${state}`}>
              {platformName(platform)}{' '}
              {state === 'behind'
                ? `behind by ${spanText(one?.behindMs ?? 0)}`
                : state === 'refused'
                  ? 'refused'
                  : state}
            </a>
          </li>
        );
      })}
    </ul>
  );
}
