import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../fakes/hub.ts';

describe('signing in with the right password', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub();
    await hub.user('Ann');
    await hub.user('Ben');
  });
  afterAll(() => hub.close());

  it('over and over does not keep the hub busy with hashing, and keeps nobody else out', async () => {
    const signIn = (name: string, address: string) =>
      hub.hub.accounts.signIn({ name, password: `${name} has a long password`, address });
    for (let n = 0; n < 60; n += 1) expect(await signIn('Ann', `198.51.100.${n}`)).toMatchObject({ ok: true });
    expect(await signIn('ANN', '198.51.100.200')).toMatchObject({ ok: false, code: 'rate-limited' });
    expect(await signIn('Ben', '198.51.100.1')).toMatchObject({ ok: true });
  });
});
