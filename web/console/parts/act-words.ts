/** Acts of the audit log in words, as they stand between who did it and to whom. */
const WORDS: Readonly<Record<string, string>> = {
  timeout: 'timed out',
  ban: 'banned',
  lift: 'lifted what was in force against',
  unban: 'lifted the ban of',
  undo: 'took back an act against',
  note: 'noted about',
  redact: 'deleted a message of',
  appoint: 'appointed',
  dismiss: 'dismissed',
  settings: 'changed the settings',
  'house-rules': 'set the house rules',
  slow: 'set slow mode',
  shield: 'set shield mode',
  'hold-release': 'let through a message of',
  'hold-discard': 'discarded a message of',
  'report-hide': 'hid, for it was reported, a message of',
  'report-uphold': 'upheld what was reported of',
  'report-dismiss': 'dismissed what was reported of',
  'mark-safe': 'marked as safe a picture of',
  'mark-nsfw': 'marked as NSFW a picture of',
  'mark-remove': 'removed for good a picture of',
};

export function actWords(act: string): string {
  return WORDS[act] ?? act;
}
