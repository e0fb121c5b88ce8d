import { AsyncLocalStorage, createHook } from 'node:async_hooks';

/** Timers and handles that keep a process alive; what else Node makes goes by itself. */
const WATCHED =
  /^(Timeout|TCPWRAP|TLSWRAP|PIPEWRAP|UDPWRAP|TCPSERVERWRAP|FSEVENTWRAP|STATWATCHER|SIGNALWRAP|WORKER|PROCESSWRAP)$/;

/** Sees what is opened by some calls and all that follows from them, and whether it was closed again. */
export interface OpenWatch {
  /** Runs a call of the bridge; what it opens counts. */
  within<T>(call: () => Promise<T>): Promise<T>;
  /** What is still open and would keep the process alive, by kind. */
  open(): readonly string[];
  stop(): void;
}

export function watchOpen(): OpenWatch {
  const ours = new AsyncLocalStorage<true>();
  const opened = new Map<number, { readonly kind: string; readonly resource: object }>();
  const hook = createHook({
    init(id, kind, _trigger, resource) {
      if (ours.getStore() === true && WATCHED.test(kind)) opened.set(id, { kind, resource });
    },
    destroy(id) {
      opened.delete(id);
    },
  });
  hook.enable();
  return {
    within: (call) => ours.run(true, call),
    open: () => [...opened.values()].flatMap(({ kind, resource }) => (keepsAlive(resource) ? [kind] : [])),
    stop: () => void hook.disable(),
  };
}

function keepsAlive(resource: object): boolean {
  if (!('hasRef' in resource) || typeof resource.hasRef !== 'function') return true;
  return resource.hasRef() === true;
}
