import { expect, it } from 'vitest';
import { CHANNEL_KINDS, type ChannelKind } from '../../core/domain/channel.ts';
import { ACTS, type Act, may, outranks, RANKS, type Rank, type Standing } from '../../core/domain/permission.ts';

/** Who may do what in a public channel, as people are told; the columns are the ranks, lowest first. */
const PUBLIC: Readonly<Record<Act, string>> = {
  //             guest listener moderator dj admin
  read: '         yes      yes       yes yes   yes',
  post: '         set      yes       yes yes   yes',
  react: '        set      yes       yes yes   yes',
  'edit-own': '    no      yes       yes yes   yes',
  'redact-own': '  no      yes       yes yes   yes',
  'redact-others': 'no      no       yes yes   yes',
  timeout: '       no       no       yes yes   yes',
  ban: '           no       no       let yes   yes',
  appoint: '       no       no        no yes   yes',
  'house-rules': ' no       no        no yes   yes',
  portals: '       no       no        no yes   yes',
  'make-dj': '     no       no        no  no   yes',
};
/** The same among the members of a closed channel. */
const CLOSED: Readonly<Record<Act, string>> = {
  read: '          no      yes       yes yes   yes',
  post: '          no      yes       yes yes   yes',
  react: '         no      yes       yes yes   yes',
  'edit-own': '    no      yes       yes yes   yes',
  'redact-own': '  no      yes       yes yes   yes',
  'redact-others': 'no      no        no yes   yes',
  timeout: '       no       no        no yes   yes',
  ban: '           no       no        no yes   yes',
  appoint: '       no       no        no yes   yes',
  'house-rules': ' no       no        no yes   yes',
  portals: '       no       no        no yes   yes',
  'make-dj': '     no       no        no  no    no',
};
const OPEN_KINDS: readonly ChannelKind[] = ['mega', 'dj', 'event'];
/** What changes what a read-only channel holds. */
const WRITING: readonly Act[] = ['post', 'react', 'edit-own'];
const ON_PEOPLE: readonly Act[] = ['redact-others', 'timeout', 'ban'];

function isTold(act: Act, who: Standing): boolean {
  const isOpen = OPEN_KINDS.includes(who.kind);
  if (!isOpen && !who.isMember) return false;
  if (who.channelState === 'read-only' && WRITING.includes(act)) return false;
  const word = (isOpen ? PUBLIC : CLOSED)[act].trim().split(/\s+/)[RANKS.indexOf(who.rank)];
  if (word === 'set') return who.guestsMayPost;
  if (word === 'let') return who.kind === 'mega' || who.moderatorsMayBan;
  return word === 'yes';
}

function* standings(): Generator<Standing> {
  for (const kind of CHANNEL_KINDS)
    for (const rank of RANKS)
      for (const isMember of [true, false])
        for (const channelState of ['open', 'read-only'] as const)
          for (const guestsMayPost of [true, false])
            for (const moderatorsMayBan of [true, false])
              yield { kind, rank, isMember, channelState, guestsMayPost, moderatorsMayBan };
}

it('M1, D2: each rank may do each act in each kind of channel exactly as the table says, and to nobody of its own rank or above', () => {
  const wrong: string[] = [];
  let cases = 0;
  let allowed = 0;
  for (const who of standings()) {
    for (const act of ACTS) {
      for (const target of RANKS) {
        const isAbove = RANKS.indexOf(who.rank) > RANKS.indexOf(target);
        const told = isTold(act, who) && (isAbove || !ON_PEOPLE.includes(act));
        const done = may(act, who).ok && (outranks(who.rank, target) || !ON_PEOPLE.includes(act));
        cases += 1;
        allowed += Number(told);
        if (done !== told) wrong.push(`${act} by ${who.rank} on ${target} in ${JSON.stringify(who)}: ${done}`);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(cases).toBe(ACTS.length * RANKS.length * CHANNEL_KINDS.length * RANKS.length * 16);
  expect(allowed).toBeGreaterThan(cases / 5);
  const ranks: readonly Rank[] = ['guest', 'listener', 'moderator', 'dj', 'admin'];
  expect(RANKS).toEqual(ranks);
});
