import { BridgeError, type Capabilities, isBridgeError } from 'slipmat-hub/plugin';
import {
  ACCEPTED,
  echo,
  editOfAnother,
  inBridge,
  inFailure,
  inOperation,
  inPort,
  inReports,
  type Mutation,
  RETRY,
  SOMEBODY,
  secretsOf,
} from './plant.ts';

const configMutations: readonly Mutation[] = [
  {
    fault: 'a config without the credential is accepted',
    killedBy: 'refuses a config without its required field',
    plant: (plugin) => ({ ...plugin, parseConfig: () => ({}) as never }),
  },
  {
    fault: 'fields that nobody knows are ignored',
    killedBy: 'field that it does not know',
    plant: (plugin) => ({
      ...plugin,
      parseConfig(input) {
        const { fieldThatNobodyKnows: _, ...rest } = input as Record<string, unknown>;
        return plugin.parseConfig(rest);
      },
    }),
  },
  {
    fault: 'the error of a config echoes its values',
    killedBy: 'field that it does not know',
    plant: (plugin) => ({
      ...plugin,
      parseConfig(input) {
        try {
          return plugin.parseConfig(input);
        } catch (cause) {
          throw new Error(`bad config: ${JSON.stringify(input)}`, { cause });
        }
      },
    }),
  },
];

const lifeMutations: readonly Mutation[] = [
  inBridge('stop does nothing', 'is silent after stop', () => ({ stop: async () => {} })),
  inBridge('the second stop rejects', 'stops twice', (bridge) => {
    let stops = 0;
    return {
      async stop() {
        stops += 1;
        await bridge.stop();
        if (stops === 2) throw new Error('stopped already');
      },
    };
  }),
  inBridge('it starts only once', 'starts again after stop', (bridge) => {
    let starts = 0;
    return {
      async start(signal) {
        starts += 1;
        if (starts === 1) await bridge.start(signal);
      },
    };
  }),
  inBridge('a timer is left after stop', 'leaves no timers', (bridge) => ({
    async start(signal) {
      await bridge.start(signal);
      setTimeout(() => {}, 20_000);
    },
  })),
  inBridge('a timer of the clock of the hub is left after stop', 'leaves no timers', (bridge, hub) => ({
    async start(signal) {
      await bridge.start(signal);
      hub.clock.every(20_000, () => {});
    },
  })),
  inBridge('stop waits for the store for ever', 'stops within five seconds', (bridge) => ({
    async stop() {
      await bridge.stop();
      await new Promise(() => {});
    },
  })),
  inBridge('a refused login is tried for ever', 'auth failure when its credential', (bridge) => ({
    start: (signal) =>
      bridge.start(signal).catch(() => {
        throw new BridgeError('later', RETRY);
      }),
  })),
  inBridge('capabilities change with every look', 'tells its capabilities at once', (bridge) => {
    let looks = 0;
    return {
      capabilities(room) {
        looks += 1;
        const { post, ...rest } = bridge.capabilities(room);
        return post === undefined ? rest : { ...rest, post: { ...post, limits: { ...post.limits, maxMedia: looks } } };
      },
    };
  }),
];

const reportMutations: readonly Mutation[] = [
  inPort('the cursor moves before the receipt', 'does not move the cursor before the receipt', (hub) => ({
    async receive(inbound) {
      await hub.cursor.save('early');
      return hub.receive(inbound);
    },
  })),
  inPort('the cursor moves when nothing was stored', 'does not move the cursor when nothing was stored', (hub) => ({
    async receive(inbound) {
      const receipt = await hub.receive(inbound);
      await hub.cursor.save('moved');
      return receipt;
    },
  })),
  inReports('messages are kept back', 'delivers what is posted', () => () => null),
  inReports('a message gets a new id whenever it comes', 'same message the same id', () => {
    let count = 0;
    return (inbound) => {
      if (inbound.kind !== 'message') return inbound;
      count += 1;
      return count === 1 ? inbound : { ...inbound, ref: { ...inbound.ref, id: `new-${count}` } };
    };
  }),
  inPort('the second message overtakes the first', 'keeps the order of one person', (hub) => {
    let count = 0;
    return {
      async receive(inbound) {
        count += 1;
        if (count !== 1) return hub.receive(inbound);
        setTimeout(() => void hub.receive(inbound), 60);
        return ACCEPTED;
      },
    };
  }),
  inReports('equal texts are taken for one message', 'two messages of equal text', () => {
    const seen = new Set<string>();
    return (inbound) => {
      if (inbound.kind !== 'message') return inbound;
      const text = JSON.stringify(inbound.content);
      if (seen.has(text)) return null;
      seen.add(text);
      return inbound;
    };
  }),
  inReports(
    'an edit is reported as a message',
    'reports an edit with the ref',
    () => (inbound) => (inbound.kind === 'edit' ? { ...inbound, kind: 'message', replyTo: null } : inbound),
  ),
  inReports(
    'two edits of a message share one id',
    'reports an edit with the ref',
    () => (inbound) => (inbound.kind === 'edit' ? { ...inbound, eventId: `edit-${inbound.ref.id}` } : inbound),
  ),
  inReports(
    'redactions are kept back',
    'reports a redaction with the ref',
    () => (inbound) => (inbound.kind === 'redaction' ? null : inbound),
  ),
  inReports(
    'a reaction is reported on another message',
    'reports a reaction with the ref',
    () => (inbound) => (inbound.kind === 'reaction' ? { ...inbound, ref: { ...inbound.ref, id: 'another' } } : inbound),
  ),
  inReports(
    'replies lose what they answer',
    'reports a reply with the ref',
    () => (inbound) => (inbound.kind === 'message' ? { ...inbound, replyTo: null } : inbound),
  ),
  inReports(
    'files are dropped',
    'hands a picture to the hub',
    () => (inbound) =>
      inbound.kind === 'message' ? { ...inbound, content: { ...inbound.content, attachments: [] } } : inbound,
  ),
];

const postMutations: readonly Mutation[] = [
  inOperation(
    'its own posts come back',
    'its own posts never come back',
    'post',
    (run, hub) => async (command, signal) => {
      const refs = await run(command, signal);
      for (const ref of refs) await echo(hub, ref, 'from the hub');
      return refs;
    },
  ),
  inOperation(
    'its own edits come back',
    'its own edits never come back',
    'edit',
    (run, hub) => async (command, signal) => {
      const ref = await run(command, signal);
      const { text, key } = command;
      await hub.receive({
        kind: 'edit',
        eventId: key,
        ref,
        by: SOMEBODY,
        content: { rich: text, attachments: [] },
        at: hub.clock.now(),
      });
      return ref;
    },
  ),
  inOperation(
    'its own redactions come back',
    'its own redactions never come back',
    'redact',
    (run, hub) => async (command, signal) => {
      await run(command, signal);
      await hub.receive({
        kind: 'redaction',
        eventId: 'r',
        of: { kind: 'refs', refs: command.refs },
        by: null,
        at: hub.clock.now(),
      });
      return undefined;
    },
  ),
  inReports(
    'what it said itself lately is dropped by its words',
    'somebody who says the same words',
    () => (inbound) => (inbound.kind === 'message' && JSON.stringify(inbound.content).includes('lol') ? null : inbound),
  ),
  inOperation('a post gives back no ref', 'posts what it is asked to', 'post', (run) => async (command, signal) => {
    await run(command, signal);
    return [];
  }),
  editOfAnother(),
  inOperation(
    'a redaction takes the first message alone',
    'redacts the messages',
    'redact',
    (run) => (command, signal) => run({ ...command, refs: command.refs.slice(0, 1) }, signal),
  ),
  inOperation(
    'an answer loses what it answers',
    'answers the message',
    'post',
    (run) => (command, signal) => run({ ...command, replyTo: null }, signal),
  ),
  inOperation(
    'everything is posted in the first room',
    'tells two rooms apart',
    'post',
    (run, hub) => (command, signal) => run({ ...command, room: hub.rooms.list()[0]?.room ?? command.room }, signal),
  ),
  inOperation('a long text is cut', 'exactly its limit', 'post', (run) => (command, signal) => {
    const [node] = command.text;
    const isLong = node?.t === 'text' && node.text.length > 300;
    return run(isLong ? { ...command, text: [{ t: 'text', text: node.text.slice(0, -2) }] } : command, signal);
  }),
  inOperation(
    'characters of markup are dropped',
    'characters of its markup',
    'post',
    (run) => (command, signal) =>
      run({ ...command, text: JSON.parse(JSON.stringify(command.text).replace(/[*_~|]/g, '')) }, signal),
  ),
  inOperation(
    'a post goes out although it was aborted',
    'aborted before',
    'post',
    (run) => (command) => run(command, new AbortController().signal),
  ),
  inOperation(
    'what was never sent is found',
    'finds a post that arrived',
    'find',
    (run) => async (command, signal) => (await run(command, signal)) ?? [{ room: command.room, id: 'some' }],
  ),
  inBridge('it says that posts are idempotent, and they are not', 'posts once for one key', (bridge) => {
    let count = 0;
    return {
      capabilities(room): Capabilities {
        const { post, ...rest } = bridge.capabilities(room);
        if (post === undefined) return rest;
        const run: typeof post.run = (command, signal) => {
          count += 1;
          return post.run({ ...command, key: `${command.key}-${count}` }, signal);
        };
        return { ...rest, post: { limits: { ...post.limits, idempotent: true }, run } };
      },
    };
  }),
];

const failureMutations: readonly Mutation[] = [
  inFailure('how long to wait is lost', 'makes a rate limit retryable', 'post', () => RETRY),
  inFailure('how long to wait is told in seconds', 'makes a rate limit retryable', 'post', (failure) =>
    failure.kind === 'retryable' && failure.retryAfterMs !== undefined
      ? { ...failure, retryAfterMs: failure.retryAfterMs / 1_000 }
      : failure,
  ),
  inFailure('a rate limit of an edit is final', 'rate limit of an edit', 'edit', () => ({
    kind: 'permanent',
    scope: 'command',
  })),
  inFailure('a refused credential is tried again', 'makes a refused credential', 'post', () => RETRY),
  inFailure('a lost room costs one message at a time', 'makes a lost room permanent', 'post', (failure) =>
    failure.kind === 'permanent' ? { kind: 'permanent', scope: 'command' } : failure,
  ),
  inFailure('a broken connection is told as not delivered', 'connection breaks before the answer', 'post', (failure) =>
    failure.kind === 'retryable' ? { ...failure, delivered: 'no' } : failure,
  ),
  inFailure('an outage is final', 'makes an outage', 'post', () => ({ kind: 'permanent', scope: 'command' })),
  inOperation(
    'an abort is ignored while it waits',
    'rejects promptly when it is aborted',
    'post',
    (run) => async (command, signal) => {
      signal.throwIfAborted();
      return run(command, new AbortController().signal);
    },
  ),
  inOperation(
    'an error holds the credential',
    'never prints its credential',
    'post',
    (run, _hub, config) => async (command, signal) => {
      try {
        return await run(command, signal);
      } catch (error) {
        throw isBridgeError(error) ? new BridgeError(`failed at ${secretsOf(config)}`, error.failure) : error;
      }
    },
  ),
  inOperation(
    'the cause of an error holds the credential',
    'never prints its credential',
    'post',
    (run, _hub, config) => async (command, signal) => {
      try {
        return await run(command, signal);
      } catch (error) {
        const cause = { request: { headers: { authorization: secretsOf(config) } } };
        throw isBridgeError(error) ? new BridgeError('failed', error.failure, { cause }) : error;
      }
    },
  ),
  inPort('the log holds the credential', 'never prints its credential', (hub, config) => {
    hub.log.info({ config: secretsOf(config) }, 'ready');
    return {};
  }),
  inOperation(
    'the status holds the credential',
    'never prints its credential',
    'post',
    (run, hub, config) => (command, signal) => {
      hub.status(command.room, { kind: 'failed', failure: RETRY, say: `failed at ${secretsOf(config)}` });
      return run(command, signal);
    },
  ),
];

/** For a bridge of any platform: a fault whose case is left out there with a reason cannot be tried. */
export const mutations: readonly Mutation[] = [
  ...configMutations,
  ...lifeMutations,
  ...reportMutations,
  ...postMutations,
  ...failureMutations,
];
