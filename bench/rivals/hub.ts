import type { ChannelId, EpochMs, Position, Seq } from '../../core/domain/ids.ts';
import { keepYoungRoom } from '../../core/ops/young-memory.ts';
import type { Entry } from '../../core/store/ports.ts';
import { startTestHub } from '../../tests/fakes/hub.ts';
import { bodyOf } from './message.ts';
import { serveFanout } from './server.ts';

/** Far above what the log gives while this runs. */
const FIRST_SEQ = 1_000_000;
const CHANNEL = 'lobby' as ChannelId;

/** The whole hub, as `main.ts` starts it; entries are put into its feed as if they had come from the log. */
serveFanout(async (port) => {
  const dataDir = process.env.BENCH_DATA_DIR;
  const { hub } = await startTestHub({ config: { port }, ...(dataDir === undefined ? {} : { dataDir }) });
  keepYoungRoom();
  const { feed } = hub.knowledge;
  let seq = FIRST_SEQ;
  return {
    port,
    say(count, bytes) {
      const batch = Array.from({ length: count }, () => {
        seq += 1;
        return entryOf(seq as Seq, bytes);
      });
      feed.apply(batch);
    },
  };
});

function entryOf(seq: Seq, bytes: number | undefined): Entry {
  return {
    shard: 0,
    position: `${seq}` as Position,
    kind: 'message',
    audience: 'readers',
    channel: CHANNEL,
    seq,
    message: null,
    key: `bench:${seq}`,
    at: 0 as EpochMs,
    body: bodyOf(seq, bytes),
    note: '{}',
  };
}
