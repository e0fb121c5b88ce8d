import { afterEach, expect, it } from 'vitest';
import type { ChannelId } from '../../core/domain/ids.ts';
import { outcomeOf } from '../fakes/people.ts';
import { closeAll, join, soon, start } from '../moderation/rig.ts';

afterEach(closeAll);
const CREW = 'crew-kool' as ChannelId;

it('D4: an admin reads a crew channel by the invitation of its DJ alone, until they leave; it is written down', async () => {
  const hub = await start();
  const kool = await join(hub, 'kool', 'dj', CREW);
  const [root, ann] = [await join(hub, 'root', 'admin'), await join(hub, 'ann')];
  await hub.user('mia', 'admin'); // there is always one
  const joins = async () => (await root.client.join(CREW)).ok;
  const invite = (target = root.actor.user) => kool.do('invite-admin', { channel: CREW, target });
  expect(await joins()).toBe(false);
  expect(await root.do('invite-admin', { channel: CREW, target: root.actor.user })).toMatchObject({
    code: 'not-found',
  });
  expect(await invite(ann.actor.user)).toMatchObject({ ok: false, code: 'forbidden' });

  expect(await invite()).toMatchObject({ ok: true });
  expect(await joins()).toBe(true);
  expect(outcomeOf(await root.client.post({ channel: CREW, text: 'hello crew' }).done)).toBe('posted');
  expect(await root.client.command(CREW, 'crew leave')).toMatchObject({ ok: true, value: 'root has left.' });
  expect(outcomeOf(await root.client.post({ channel: CREW, text: 'still here' }).done)).toBe('not-found');

  expect(await kool.client.command(CREW, 'crew in @root')).toMatchObject({
    ok: true,
    value: expect.stringContaining('reads here now'),
  });
  expect(await joins()).toBe(true);
  await hub.hub.accounts.setAdmin('root', false);
  expect(outcomeOf(await root.client.post({ channel: CREW, text: 'no admin any more' }).done)).toBe('not-found');
  await hub.hub.accounts.setAdmin('root', true);
  expect(await kool.do('let-admin-go', { channel: CREW, target: root.actor.user })).toMatchObject({ ok: true });
  expect(await joins()).toBe(false);
  await soon(async () => {
    const { acts } = await kool.ask('audit', { channel: CREW, target: root.actor.user, before: null, limit: 10 });
    return acts.map(({ act }) => act).filter((act) => act.startsWith('crew-'));
  }).toEqual(['crew-remove', 'crew-invite', 'crew-leave', 'crew-invite']);
});
