/** The public surface for authors of bridges: `import … from 'slipmat-hub/plugin'`. */
export { type BackoffPolicy, backoffMs } from '../async/backoff.ts';
export { type Clock, pause, systemClock } from '../async/clock.ts';
export { DeadlineError, withDeadline } from '../async/deadline.ts';
export { userIdOf } from '../async/mint.ts';
export { createSerialByKey, type SerialByKey, TooManyWaiting } from '../async/serial-by-key.ts';
export type { Attachment, Content, Rich, RichNode } from '../domain/content.ts';
export { plainText, textContent } from '../domain/content.ts';
export type * from '../domain/ids.ts';
export type { Inbound, InboundAccount, InboundCommand, InboundMessage } from '../domain/inbound.ts';
export type { RemoteRef } from '../domain/message.ts';
export type { Receipt, Refusal } from '../domain/receipt.ts';
export type { Logger } from '../ops/log.ts';
export {
  type Bridge,
  type BridgePlugin,
  defineBridge,
  type Finding,
  PLUGIN_API_VERSION,
  type Registration,
  type RegistrationFacts,
} from './bridge.ts';
export type { CommandArgument, CommandSpec } from './commands.ts';
export { BridgeError, type BridgeFailure, ConfigError, isBridgeError } from './errors.ts';
export type { PlatformAnswer, PlatformCall, PlatformHttp } from './http.ts';
export type { HubPort, LinkedRoom, LinkState, PublicChannel, PublicChannels, Rooms } from './hub-port.ts';
export type { MediaOffer, MediaPort, MediaSource, MediaTaken, OpenedMedia } from './media.ts';
export type {
  Budget,
  Capabilities,
  Choice,
  Direct,
  Edit,
  EnsureRoom,
  MediaRef,
  Operations,
  Post,
  React,
  Redact,
  Respond,
  Retire,
  Sanction,
  SetRole,
  SharedAccount,
  Signal,
  Speaker,
} from './operations.ts';
export { type ConfigSchema, readConfig } from './read-config.ts';
