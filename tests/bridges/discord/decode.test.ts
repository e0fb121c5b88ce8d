import { describe, expect, it } from 'vitest';
import { encodeCommands } from '../../../bridges/discord/commands.ts';
import { answerRoute } from '../../../bridges/discord/interactions.ts';
import { idBefore, isLater, madeAt } from '../../../bridges/discord/people.ts';
import { permissionsIn } from '../../../bridges/discord/permissions.ts';
import { emojiName } from '../../../bridges/discord/reactions.ts';
import type { EpochMs } from '../../../core/domain/ids.ts';
import { isReactionEmoji } from '../../../core/pipeline/normalize.ts';
import { discordFixtures, TIMEOUT } from './fixtures.ts';

describe('payloads in the documented shape', () => {
  it.each(discordFixtures().map((one) => [one.name, one] as const))('%s', (_, { decode, golden }) => {
    expect(JSON.parse(JSON.stringify(decode()))).toEqual(golden);
  });
});

describe('ids', () => {
  it('tell when a thing was made, and order things also when they get longer', () => {
    expect(new Date(madeAt('175928847299117063')).toISOString()).toBe('2016-04-30T11:18:25.796Z');
    expect(isLater('1000000000000000000', '999999999999999999')).toBe(true);
    expect(isLater('175928847299117063', '175928847299117063')).toBe(false);
    const at = 1_767_323_045_678 as EpochMs;
    expect(isLater(idBefore(at), idBefore((at - 1) as EpochMs))).toBe(true);
    expect(madeAt(idBefore(at))).toBe(at - 1);
  });
});

describe('reactions', () => {
  it.each([
    [{ id: null, name: '👍' }, '👍'],
    [{ id: null, name: '❤' }, '❤️'],
    [{ id: '1000000000000000040', name: 'vinyl' }, ':vinyl:'],
    [{ id: '1000000000000000040', name: null }, null],
  ])('%j is %j', (emoji, name) => {
    expect(emojiName({ ...emoji, animated: false })).toBe(name);
    if (name !== null) expect(isReactionEmoji(name)).toBe(true);
  });
});

describe('commands', () => {
  it('are registered as Discord takes them', () => {
    const [command] = encodeCommands([TIMEOUT, { ...TIMEOUT, name: 'No Good' }]);
    expect(encodeCommands([TIMEOUT, { ...TIMEOUT, name: 'No Good' }])).toHaveLength(1);
    expect(command).toEqual({
      type: 1,
      name: 'timeout',
      description: 'Silences somebody for 2 to 10 minutes.',
      contexts: [0],
      options: [
        { type: 6, name: 'person', description: 'person', required: true },
        { type: 4, name: 'minutes', description: 'minutes', required: false },
        { type: 3, name: 'reason', description: 'reason', required: false },
      ],
    });
  });

  it('are answered nowhere but where a ticket leads', () => {
    expect(answerRoute('1000000000000000002/aW50.x_y-z')).toBe('/webhooks/1000000000000000002/aW50.x_y-z');
    expect(answerRoute('1/../../guilds/2')).toBe(null);
    expect(answerRoute('1/a?x=1')).toBe(null);
  });
});

describe('rights in a channel', () => {
  const bit = (...bits: readonly number[]): string => String(bits.reduce((all, one) => all | (1n << BigInt(one)), 0n));
  const guild = {
    id: '1',
    owner_id: '9',
    roles: [
      { id: '1', permissions: bit(10, 11) },
      { id: '2', permissions: bit(29) },
      { id: '3', permissions: bit(3) },
    ],
  };
  const base = { guild, overwrites: [], roles: ['2'], member: '5' };
  const of = (more: Partial<Parameters<typeof permissionsIn>[0]>) => [...permissionsIn({ ...base, ...more })];

  it('are those of all roles together', () => {
    expect(of({})).toEqual(['view', 'send', 'webhooks']);
    expect(of({ roles: [] })).toEqual(['view', 'send']);
  });
  it('are all of them for the owner and for administrators', () => {
    expect(of({ member: '9' })).toHaveLength(13);
    expect(of({ roles: ['3'] })).toHaveLength(13);
  });
  it('are changed by the channel: for everybody, for roles, for the member, in this order', () => {
    const deny = { id: '1', type: 0, allow: '0', deny: bit(11) };
    expect(of({ overwrites: [deny] })).toEqual(['view', 'webhooks']);
    expect(of({ overwrites: [deny, { id: '2', type: 0, allow: bit(11), deny: '0' }] })).toContain('send');
    expect(of({ overwrites: [{ id: '5', type: 1, allow: '0', deny: bit(29) }] })).toEqual(['view', 'send']);
    expect(of({ overwrites: [{ id: '1', type: 0, allow: '0', deny: bit(10) }] })).toEqual([]);
  });
});
