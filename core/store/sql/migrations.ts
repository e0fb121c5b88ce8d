import { archiveMigrations } from '../archive/migrations.ts';
import { deliveryTables } from '../embedded/delivery-tables.ts';
import { logMigrations } from '../embedded/migrations.ts';
import { moderationLogTables } from '../embedded/moderation-tables.ts';
import { activityTables } from './activity-tables.ts';
import { archiveTables } from './archive-tables.ts';
import { choiceTables } from './choice-tables.ts';
import { directTables } from './direct-tables.ts';
import { directoryTables } from './directory-tables.ts';
import { heldTables } from './held-tables.ts';
import { hookOutTables } from './hook-out-tables.ts';
import { hookTables } from './hook-tables.ts';
import { houseRuleTables } from './house-rule-tables.ts';
import { libraryTables } from './library-tables.ts';
import { linkTables } from './link-tables.ts';
import { liveEventTables } from './live-event-tables.ts';
import { markTables } from './mark-tables.ts';
import { mediaTables } from './media-tables.ts';
import { mirrorTables } from './mirror-tables.ts';
import { auditByTime, auditTables, karmaTables, sanctionBodies } from './moderation-tables.ts';
import { portalSides, portalTables } from './portal-tables.ts';
import { privacyTables, retirementTables } from './privacy-tables.ts';
import { readingTables } from './reading-tables.ts';
import { relationTables } from './relation-tables.ts';
import { timerTables } from './timer-tables.ts';
import { tokenTables } from './token-tables.ts';

/** One step of the database's shape. Never changed once released: what is wrong in it is mended by a later one. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** In order; the place in the list, from 1, is the version. */
export const MIGRATIONS: readonly Migration[] = [
  { name: 'directory', sql: directoryTables },
  { name: 'archive', sql: archiveTables },
  ...logMigrations,
  ...archiveMigrations,
  { name: 'portals', sql: portalTables },
  { name: 'media', sql: mediaTables },
  { name: 'deliveries by seq', sql: deliveryTables },
  { name: 'timers', sql: timerTables },
  { name: 'live events', sql: liveEventTables },
  { name: 'bodies of sanctions', sql: sanctionBodies },
  { name: 'audit', sql: auditTables },
  { name: 'karma', sql: karmaTables },
  { name: 'held messages and modes in the embedded log', sql: moderationLogTables },
  { name: 'held messages, settings and reports', sql: heldTables },
  { name: 'mirrored acts', sql: mirrorTables },
  { name: 'links', sql: linkTables },
  { name: 'mutes and blocks', sql: relationTables },
  { name: 'library', sql: libraryTables },
  { name: 'house rules', sql: houseRuleTables },
  { name: 'private conversations', sql: directTables },
  { name: 'tokens for programs', sql: tokenTables },
  { name: 'what was read and who was seen', sql: readingTables },
  { name: 'marks of pictures', sql: markTables },
  { name: 'webhooks in', sql: hookTables },
  { name: 'webhooks out', sql: hookOutTables },
  { name: 'sides of portals', sql: portalSides },
  { name: 'privacy', sql: privacyTables },
  { name: 'activity of channels', sql: activityTables },
  { name: 'effects of acts by time', sql: auditByTime },
  { name: 'people to be forgotten on platforms', sql: retirementTables },
  { name: 'what people want to be told of', sql: choiceTables },
];
