import type { Origins } from '../../config/origins.ts';
import type { HubConfig } from '../../config/schema.ts';
import type { Clock } from '../async/clock.ts';
import type { PasswordCost } from '../community/accounts/passwords.ts';
import type { Outside } from '../media/outside.ts';
import type { Logger } from '../ops/log.ts';
import type { BuiltIns } from '../plugin/load.ts';
import type { OpenedSql } from '../store/sql/open.ts';

export interface HubOptions {
  readonly config: HubConfig;
  /** Where its values came from, for admins; absent: not known. */
  readonly origins?: Origins;
  /** What comes with the hub; `main.ts` hands it in. */
  readonly builtIns: BuiltIns;
  /** Platform name of people who have their account here: that of the native surface. */
  readonly nativePlatform: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Folder of the built web app. */
  readonly webRoot: string;
  readonly version: string;
  /** Opened while the rest of the hub was loaded; absent: opened now. It is closed with the hub. */
  readonly data?: Promise<OpenedSql>;
  /** Tests hash cheaply. */
  readonly passwordCost?: PasswordCost;
  /** Tests fetch files from this machine; else the public internet alone is reached. */
  readonly outside?: Outside;
}
