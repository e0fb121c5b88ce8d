import type { Rule } from '../rule.ts';

/** Links of newcomers wait for a moderator; where links are off, nobody's are taken. */
export const unwantedLinks: Rule = ({ glance, facts }, { settings }) => {
  if (!glance.hasLink) return null;
  switch (settings.links) {
    case 'all':
      return null;
    case 'not-newcomers':
      if (!facts.isNewcomer) return null;
      return {
        rule: 'unwanted-links',
        action: 'hold',
        karma: -1,
        say: 'Links of people who are new here wait for a moderator.',
        detail: 'a link by a newcomer',
      };
    case 'none':
      return {
        rule: 'unwanted-links',
        action: 'reject',
        code: 'against-rules',
        retryAfterMs: null,
        karma: 0,
        say: 'Links are off here.',
        detail: 'links are off',
      };
  }
};
