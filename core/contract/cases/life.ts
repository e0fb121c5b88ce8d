import assert from 'node:assert/strict';
import { type ContractCase, onBridge } from '../case.ts';
import { watchOpen } from '../open-resources.ts';
import { textsOf, until } from '../rig.ts';

/** Longer than a server lets an idle connection wait by itself. */
const LET_GO_MS = 8_000;
const STOP_MS = 5_000;

/** Starting, stopping and losing the link. */
export const LIFE_CASES: readonly ContractCase[] = [
  onBridge('is silent after stop', {}, async (rig) => {
    await rig.start();
    await rig.bridge.stop();
    const before = rig.hub.received.length;
    await rig.double.userPosts('too late');
    await rig.silence();
    assert.equal(rig.hub.received.length, before);
  }),
  onBridge('stops twice', {}, async (rig) => {
    await rig.start();
    await rig.bridge.stop();
    await rig.bridge.stop();
  }),
  onBridge('stops without having been started', {}, (rig) => rig.bridge.stop()),
  onBridge('starts again after stop, and hears everything once', {}, async (rig) => {
    await rig.start();
    await rig.bridge.stop();
    await rig.start();
    await rig.double.userPosts('back');
    await rig.hears('back');
    const canPost = rig.can().post !== undefined;
    if (canPost) await rig.post('here too', 'k1');
    await rig.silence();
    assert.equal(rig.heard().filter(({ text }) => text === 'back').length, 1);
    assert.deepEqual(textsOf(rig), canPost ? ['here too'] : []);
  }),
  onBridge('stops within five seconds while the hub stores nothing, and then hands on no more', {}, async (rig) => {
    await rig.start();
    const release = rig.hub.holdReceipts();
    await rig.double.userPosts('waiting');
    await rig.double.userPosts('behind it');
    await rig.hears('waiting');
    const stopping = settled(rig.bridge.stop());
    await until('stop resolves', stopping, STOP_MS + 500).finally(release);
    const before = rig.hub.received.length;
    await rig.silence();
    assert.equal(rig.hub.received.length, before);
  }),
  onBridge('leaves no timers and no connections after stop', {}, async (rig) => {
    const watch = watchOpen();
    try {
      await watch.within(async () => {
        await rig.start();
        if (rig.can().post !== undefined) await rig.post('hello', 'k1');
      });
      await rig.double.userPosts('hello');
      await rig.hears('hello');
      await watch.within(() => rig.bridge.stop());
      await until('the bridge lets go of everything', () => watch.open().length === 0, LET_GO_MS).catch(() =>
        assert.fail(`left open: ${watch.open().join(', ')}`),
      );
      assert.equal(rig.hub.pendingTimers(), 0, 'timers of the clock of the hub are cancelled');
    } finally {
      watch.stop();
    }
  }),
  onBridge('gives up starting when it is told to', { fails: 'silence' }, async (rig) => {
    const giveUp = new AbortController();
    rig.double.failNext('silence');
    const starting = settled(rig.bridge.start(giveUp.signal));
    await rig.silence();
    giveUp.abort();
    await until('start settles', starting, 2_000);
    await rig.bridge.stop();
    await rig.start();
    await rig.double.userPosts('at last');
    await rig.hears('at last');
  }),
  onBridge(
    'fails to start with an auth failure when its credential is refused',
    { wants: ['refuseLogin'] },
    async (rig) => {
      rig.double.refuseLogin?.();
      const { failure, error } = await rig.failureOf(rig.start());
      assert.deepEqual(failure, { kind: 'auth' });
      assert.ok(!String(error).includes(rig.double.secret), 'the error holds no secret');
    },
  ),
  onBridge(
    'comes back by itself after a broken connection, or says that the link failed',
    { wants: ['dropConnections'] },
    async (rig) => {
      await rig.start();
      await rig.double.userPosts('before');
      await rig.hears('before');
      rig.double.dropConnections?.();
      const hasFailed = (): boolean =>
        rig.hub.states.some(
          ({ room, state }) => room === null && state.kind === 'failed' && state.failure.kind === 'retryable',
        );
      let tries = 0;
      const isBack = (): boolean => rig.heard().some(({ text }) => text.startsWith('after'));
      await until('it is back or says so', () => {
        if (hasFailed() || isBack()) return true;
        tries += 1;
        if (tries % 20 === 0) void rig.double.userPosts(`after ${tries}`);
        return false;
      });
      if (isBack()) return;
      await rig.bridge.stop();
      await rig.start();
      await rig.double.userPosts('after');
      await rig.hears('after');
    },
  ),
  onBridge('tells its capabilities at once, as plain data, the same each time', {}, async (rig) => {
    await rig.start();
    const limits = (): unknown => Object.entries(rig.can()).map(([name, able]) => [name, able?.limits]);
    const first = limits();
    assert.deepEqual(JSON.parse(JSON.stringify(first)), first);
    assert.deepEqual(limits(), first);
    assert.ok(!('then' in rig.can()), 'capabilities are no promise');
  }),
];

/** Whether it has ended by now, well or not. */
function settled(attempt: Promise<unknown>): () => boolean {
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
  };
  void attempt.then(settle, settle);
  return () => isSettled;
}
