import { createSerialByKey, type HubPort, type Inbound, pause, type Receipt, type RoomId } from 'slipmat-hub/plugin';

/** More than this waiting: the network is held back, until half of it is done. */
const MANY_WAITING = 500;
/** How long until the hub is asked again while it cannot store. */
const AGAIN_MS = 1_000;

/** Hands to the hub what comes in: in order within a room, rooms beside each other. */
export interface Pump {
  /** @param stored called once it is durable */
  push(key: RoomId | 'people', inbound: Inbound, stored?: () => void): void;
  /** Nothing more is handed on; resolves when what is under way is done. */
  close(): Promise<void>;
}

export function createPump(hub: Pick<HubPort, 'receive' | 'clock'>, hold: (on: boolean) => void): Pump {
  const serial = createSerialByKey<string>(Number.POSITIVE_INFINITY);
  const under = new Set<Promise<void>>();
  const closing = new AbortController();
  let isHeld = false;

  async function hand(inbound: Inbound, stored: (() => void) | undefined): Promise<void> {
    let receipt = await offer(inbound);
    while (isForLater(receipt)) {
      await pause(hub.clock, AGAIN_MS, closing.signal);
      receipt = await offer(inbound);
    }
    // What the hub could not store is asked for again after the next start; later messages must not hide the gap.
    if (receipt.kind === 'stopping') closing.abort();
    else stored?.();
  }

  async function offer(inbound: Inbound): Promise<Receipt> {
    return closing.signal.aborted ? { kind: 'stopping' } : hub.receive(inbound);
  }

  function setHeld(on: boolean): void {
    if (on === isHeld) return;
    isHeld = on;
    hold(on);
  }

  return {
    push(key, inbound, stored) {
      if (closing.signal.aborted) return;
      const done = serial
        .run(key, () => hand(inbound, stored))
        .finally(() => {
          under.delete(done);
          if (under.size <= MANY_WAITING / 2) setHeld(false);
        });
      under.add(done);
      if (under.size >= MANY_WAITING) setHeld(true);
    },
    async close() {
      closing.abort();
      await Promise.all(under);
    },
  };
}

function isForLater(receipt: Receipt): boolean {
  return receipt.kind === 'refused' && (receipt.code === 'unavailable' || receipt.code === 'archive-behind');
}
