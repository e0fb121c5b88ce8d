import { type HubConfig, isLocalOnly } from '../../../config/schema.ts';
import type { Clock } from '../../async/clock.ts';
import type { Channel } from '../../domain/channel.ts';
import type { ChannelId, UserId } from '../../domain/ids.ts';
import type { Logger } from '../../ops/log.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { PasswordCost } from './passwords.ts';

/** What the accounts are built from. */
export interface AccountsOptions {
  readonly sql: Sql;
  readonly directory: Pick<Directory, 'change' | 'sameAs'>;
  readonly clock: Clock;
  readonly config: Pick<HubConfig, 'host' | 'publicUrl' | 'trustProxy' | 'accounts' | 'lobby'>;
  readonly log: Logger;
  /** Platform names of the accounts made here (guests too) and of those of the main site. */
  readonly platforms: { readonly native: string; readonly site: string };
  /** Opens a channel or makes it read-only, by a step in the log. Resolves once that is durable; repeating is harmless. */
  readonly setChannelState: (channel: ChannelId, state: Channel['state']) => Promise<void>;
  /** Somebody is no DJ any more. */
  readonly onDismissed: (dj: UserId) => Promise<void>;
  /** Tests hash cheaply. */
  readonly passwordCost?: PasswordCost;
}

/** Who may make an account: as configured, else everyone on a hub that nobody outside this machine reaches. */
export function signUpMode(config: AccountsOptions['config']): 'open' | 'invite' | 'closed' {
  return config.accounts.signUp ?? (isLocalOnly(config) ? 'open' : 'invite');
}
