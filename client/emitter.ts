import type { ClientEvents } from './api.ts';

type Listeners = { readonly [Name in keyof ClientEvents]: Set<(value: ClientEvents[Name]) => void> };

/** Tells listeners, one after the other. One that throws harms neither the others nor the client. */
export interface Emitter {
  on<Name extends keyof ClientEvents>(name: Name, listener: (value: ClientEvents[Name]) => void): () => void;
  emit<Name extends keyof ClientEvents>(name: Name, value: ClientEvents[Name]): void;
}

export function createEmitter(): Emitter {
  const listeners: Listeners = {
    state: new Set(),
    welcome: new Set(),
    channels: new Set(),
    channel: new Set(),
    typing: new Set(),
    self: new Set(),
    removed: new Set(),
    problem: new Set(),
  };
  return {
    on(name, listener) {
      listeners[name].add(listener);
      return () => void listeners[name].delete(listener);
    },
    emit(name, value) {
      for (const listener of [...listeners[name]]) {
        try {
          listener(value);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
  };
}
