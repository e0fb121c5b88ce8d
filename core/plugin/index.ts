/** The public surface for authors of bridges: `import … from 'slipmat-hub/plugin'`. */
export { type BackoffPolicy, backoffMs } from '../async/backoff.ts';
export { type Clock, pause } from '../async/clock.ts';
export { DeadlineError, withDeadline } from '../async/deadline.ts';
export { createSerialByKey, type SerialByKey, TooManyWaiting } from '../async/serial-by-key.ts';
export type { Attachment, Content, Rich, RichNode } from '../domain/content.ts';
export { plainText, textContent } from '../domain/content.ts';
export type * from '../domain/ids.ts';
export type { Inbound, InboundAccount, InboundMessage } from '../domain/inbound.ts';
export type { RemoteRef } from '../domain/message.ts';
export type { Receipt, Refusal } from '../domain/receipt.ts';
export type { Logger } from '../ops/log.ts';
export { type Bridge, type BridgePlugin, defineBridge, PLUGIN_API_VERSION } from './bridge.ts';
export { BridgeError, type BridgeFailure, ConfigError, isBridgeError } from './errors.ts';
export type { HubPort, LinkedRoom, LinkState, Rooms } from './hub-port.ts';
export type { Capabilities, MediaRef, Operations, Post, Speaker } from './operations.ts';
