/** What admins do to the hub as a whole, as it stands in the audit. */
export const HUB_ACTS = [
  'make-dj',
  'dismiss-dj',
  'make-admin',
  'dismiss-admin',
  'disable',
  'enable',
  'sign-up-link',
  'sign-up-link-end',
  'letters-retry',
  'letters-drop',
  'token',
  'token-revoke',
  'unnoticed',
  'erase',
] as const;
export type HubAct = (typeof HUB_ACTS)[number];
