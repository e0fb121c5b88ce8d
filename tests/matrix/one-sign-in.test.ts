import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import matrix from '../../bridges/matrix/index.ts';
import { userIdOf } from '../../core/async/mint.ts';
import type { AccountId, UserId } from '../../core/domain/ids.ts';
import type { TestHub } from '../fakes/hub.ts';
import { type MatrixPerson, matrixPerson } from '../fakes/matrix-person.ts';
import { type OidcPerson, type OidcProvider, signInAtHomeserver, startOidcProvider } from '../fakes/oidc-provider.ts';
import { hasSynapse } from '../fakes/synapse.ts';
import { LOBBY, type MatrixWorld, openWorld } from './rig.ts';

const WITHIN = { interval: 50 };
const EVE = { sub: 'Eve-0001', name: 'Eve' };
const FAY = { sub: 'fay|0002', name: 'Fay' };

describe.skipIf(!hasSynapse())('one OpenID Connect sign-in for a real Synapse and the hub', () => {
  let provider: OidcProvider;
  let world: MatrixWorld;
  let hub: TestHub;

  beforeAll(async () => {
    provider = await startOidcProvider();
    world = await openWorld({
      oidc_providers: [
        {
          idp_id: 'slipmat',
          idp_name: 'Slipmat',
          issuer: provider.issuer,
          skip_verification: true,
          client_id: 'homeserver',
          client_secret: 'a secret of tests',
          scopes: ['openid', 'profile'],
          user_mapping_provider: {
            config: { localpart_template: '{{ user.name | lower }}', display_name_template: '{{ user.name }}' },
          },
        },
      ],
      sso: { client_whitelist: ['http://client.invalid/'] },
    });
    const adminToken = await world.synapse.account('root', true);
    const sharedSignIn = { issuer: provider.issuer, provider: 'oidc-slipmat', adminToken };
    const config = { ...world.bridge.config, sharedSignIn };
    hub = await world.startHub({
      config: {
        bridges: [{ ...world.bridge, config }],
        accounts: { jwt: { jwksUrl: provider.jwksUrl, issuer: provider.issuer, audience: 'slipmat-hub' } },
      },
    });
  });
  afterAll(async () => {
    await hub?.close();
    await world?.stop();
    await provider?.stop();
  });

  const onMatrix = async (person: OidcPerson): Promise<MatrixPerson> => {
    provider.next(person);
    const { id, token } = await signInAtHomeserver(world.synapse.url, 'oidc-slipmat');
    return matrixPerson(world.synapse.url, id, token);
  };
  const atHub = async (person: OidcPerson): Promise<UserId> => {
    const signedIn = await hub.hub.accounts.signInWithToken(await provider.token(person, 'slipmat-hub'));
    if (!signedIn.ok) throw new Error(signedIn.say);
    return signedIn.value.actor.user;
  };
  const userOf = ({ id }: MatrixPerson): UserId => userIdOf('matrix', id as AccountId);
  const sameAs = (user: UserId) => hub.hub.knowledge.directory.sameAs(user).toSorted();
  const speak = async (who: MatrixPerson) => {
    await expect.poll(() => who.join(LOBBY).catch(String), WITHIN).toMatch(/^!/);
    await who.say(await who.join(LOBBY), `${who.id} says hello`);
  };

  it('T1: whoever has signed in on Matrix and signs in here is one person, by issuer and subject', async () => {
    const there = await onMatrix(EVE);
    expect(there.id).toBe('@eve:matrix.test');
    const here = await atHub(EVE);
    await expect.poll(() => sameAs(here), WITHIN).toEqual([here, userOf(there)].toSorted());
    const links = await hub.hub.linking.staff.links.accounts(here);
    expect(links.map(({ platform, name }) => [platform, name]).toSorted()).toEqual([
      ['matrix', 'Eve'],
      ['slipmat-site', 'Eve'],
    ]);
  });

  it('T1: whoever was here first is known again by the first word on Matrix; others with the same name are not', async () => {
    const here = await atHub(FAY);
    // the name alone proves nothing
    const other = matrixPerson(world.synapse.url, '@fay_:matrix.test', await world.synapse.account('fay_'));
    await other.ask('PUT', `/v3/profile/${encodeURIComponent(other.id)}/displayname`, { displayname: 'Fay' });
    await speak(other);
    const there = await onMatrix(FAY);
    await speak(there);
    await expect.poll(() => sameAs(here), WITHIN).toEqual([here, userOf(there)].toSorted());
    expect(sameAs(userOf(other))).toEqual([userOf(other)]);
  });

  it('whoever takes the two apart stays apart, however often they sign in', async () => {
    const here = await atHub(EVE);
    const there = userIdOf('matrix', '@eve:matrix.test' as AccountId);
    const by = { user: here, name: 'Eve', platform: 'slipmat-site', avatarUrl: null, isGuest: false, isBot: false };
    const parted = await hub.hub.linking.staff.links.unlink(by, 'matrix');
    expect(parted.ok).toBe(true);
    expect(sameAs(here)).toEqual([here]);
    const account = { user: there, platform: 'matrix', name: 'Eve' };
    expect(await hub.hub.linking.staff.links.join({ user: here, platform: 'slipmat-site', name: 'Eve' }, account)).toBe(
      false,
    );
    expect(sameAs(here)).toEqual([here]);
  });

  it('doctor asks whether the homeserver takes the token of an administrator, and says how to mend it', async () => {
    const finding = async (adminToken: string) => {
      const sharedSignIn = { issuer: provider.issuer, provider: 'oidc-slipmat', adminToken };
      const settings = matrix.parseConfig({ ...world.bridge.config, sharedSignIn });
      const found = await matrix.doctor?.(settings, [], AbortSignal.timeout(10_000));
      expect(JSON.stringify(found)).not.toContain(adminToken);
      return found?.at(-1);
    };
    expect(await finding(await world.synapse.account('root2', true))).toEqual({
      level: 'ok',
      what: 'the homeserver tells who signs in how',
    });
    expect(await finding(await world.synapse.account('nobody'))).toMatchObject({
      level: 'fail',
      what: 'adminToken is not the token of an administrator of the homeserver',
      mend: expect.stringContaining('sharedSignIn.adminToken'),
    });
    expect(await finding('a-token-of-nobody')).toMatchObject({
      level: 'fail',
      what: 'the homeserver does not know adminToken',
    });
  });
});
