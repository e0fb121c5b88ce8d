import { signal } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import type { ListedChannel } from '../../core/domain/wire.ts';
import { isAtLeast } from './hub.ts';
import type { PanelProps } from './panel.ts';
import { AccountsPanel } from './panels/accounts.tsx';
import { ActivityPanel } from './panels/activity.tsx';
import { AuditPanel } from './panels/audit.tsx';
import { ConfigurationPanel } from './panels/configuration.tsx';
import { HealthPanel } from './panels/health.tsx';
import { HouseRulesPanel } from './panels/house-rules.tsx';
import { HubAuditPanel } from './panels/hub-audit.tsx';
import { LettersPanel } from './panels/letters.tsx';
import { LibraryPanel } from './panels/library.tsx';
import { LivePanel } from './panels/live.tsx';
import { ModeratorsPanel } from './panels/moderators.tsx';
import { ModesPanel } from './panels/modes.tsx';
import { OverlayPanel } from './panels/overlay.tsx';
import { PeoplePanel } from './panels/people.tsx';
import { PlatformsPanel } from './panels/platforms.tsx';
import { QueuePanel } from './panels/queue.tsx';
import { TokensPanel } from './panels/tokens.tsx';
import { WebhooksPanel } from './panels/webhooks.tsx';

export interface PanelSpec {
  /** Stands in the address behind `#`. */
  readonly id: string;
  readonly title: string;
  readonly least: ListedChannel['rank'];
  readonly Panel: FunctionComponent<PanelProps>;
  /** What those of one kind stand under in the list; absent: the channel. */
  readonly part?: string;
}

export const PANELS: readonly PanelSpec[] = [
  { id: 'live', title: 'Live', least: 'moderator', Panel: LivePanel },
  { id: 'queue', title: 'Queue', least: 'moderator', Panel: QueuePanel },
  { id: 'people', title: 'People', least: 'moderator', Panel: PeoplePanel },
  { id: 'modes', title: 'Modes', least: 'moderator', Panel: ModesPanel },
  { id: 'house-rules', title: 'House rules', least: 'moderator', Panel: HouseRulesPanel },
  { id: 'moderators', title: 'Moderators', least: 'moderator', Panel: ModeratorsPanel },
  { id: 'platforms', title: 'Platforms', least: 'dj', Panel: PlatformsPanel },
  { id: 'activity', title: 'Activity', least: 'moderator', Panel: ActivityPanel },
  { id: 'library', title: 'Library', least: 'moderator', Panel: LibraryPanel },
  { id: 'audit', title: 'Audit log', least: 'moderator', Panel: AuditPanel },
  { id: 'overlay', title: 'Overlay', least: 'dj', Panel: OverlayPanel, part: 'Stream and programs' },
  { id: 'webhooks', title: 'Webhooks', least: 'moderator', Panel: WebhooksPanel, part: 'Stream and programs' },
  { id: 'tokens', title: 'API tokens', least: 'listener', Panel: TokensPanel, part: 'Stream and programs' },
  { id: 'health', title: 'Health', least: 'admin', Panel: HealthPanel, part: 'The hub' },
  { id: 'letters', title: 'Not delivered', least: 'admin', Panel: LettersPanel, part: 'The hub' },
  { id: 'accounts', title: 'Accounts and DJs', least: 'admin', Panel: AccountsPanel, part: 'The hub' },
  { id: 'configuration', title: 'Configuration', least: 'admin', Panel: ConfigurationPanel, part: 'The hub' },
  { id: 'hub-audit', title: 'Admin log', least: 'admin', Panel: HubAuditPanel, part: 'The hub' },
];

export function panelsFor(channel: ListedChannel, isAdmin: boolean): readonly PanelSpec[] {
  return PANELS.filter(({ least }) => isAdmin || isAtLeast(channel, least));
}

export const chosenPanel = signal(location.hash.slice(1));
addEventListener('hashchange', () => {
  chosenPanel.value = location.hash.slice(1);
});
