import type { AccountId } from 'slipmat-hub/plugin';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../examples/irc/src/config.ts';
import { featuresOf } from '../../../examples/irc/src/features.ts';
import { maskOf } from '../../../examples/irc/src/outbound-acts.ts';
import { accountIdOf, createPeople, type Person } from '../../../examples/irc/src/people.ts';

const features = { ...featuresOf(new Map()), accountBan: '~account:' };
const KINDS: readonly Pick<Person, 'user' | 'host' | 'account'>[] = [
  { user: 'a', host: 'home.example', account: 'ann' },
  { user: 'a', host: 'home.example', account: null },
  { user: null, host: null, account: null },
];

function on(network: string) {
  const session = { network, features, fold: features.fold, self: { nick: 'hub' } };
  return { session: session as never, people: createPeople(session), naming: session };
}

describe('two networks with people of the same name', () => {
  it.each(KINDS)('tell them apart, so that roles and bans of the one are none of the other: %j', (kind) => {
    const ann = { nick: 'ann', isBot: false, ...kind };
    const ids = ['irc.one.example', 'irc.two.example'].map((network) => accountIdOf(ann, on(network).naming));
    expect(new Set(ids).size).toBe(2);
    const [one = ''] = ids;
    expect(maskOf(one as AccountId, on('irc.one.example'))).toMatch(/ann|a@home\.example/);
    expect(() => maskOf(one as AccountId, on('irc.two.example'))).toThrow('no account of this network');
  });

  it('are known by the name that the operator gives, else by the host', () => {
    const config = { host: 'IRC.Example.org', nick: 'hub' };
    expect(parseConfig(config).network).toBe('irc.example.org');
    expect(parseConfig({ ...config, network: 'Example' }).network).toBe('example');
    expect(() => parseConfig({ ...config, network: 'a/b' })).toThrow('network');
  });
});
