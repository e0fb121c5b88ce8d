/** Numbers of the native protocol, apart from its schemas so that browsers can have them without the validator. */
export const PROTOCOL_VERSION = 1;
/** Larger frames from a client close the connection with 1009. */
export const MAX_FRAME_BYTES = 64 * 1024;
export const MAX_POST_UTF16 = 4_000;
export const MAX_COMMAND_UTF16 = 1_000;
/** Of an attachment: its description, and its address. */
export const MAX_ALT_UTF16 = 1_000;
export const MAX_URL_UTF16 = 1_000;
/** Channels that one connection may follow at once. */
export const MAX_JOINED = 64;
export const MAX_HISTORY_LIMIT = 100;
/** The hub pings this often; silence of twice as long is a lost connection. */
export const HEARTBEAT_MS = 30_000;
/** How long a new connection may wait with its `hello`. */
export const HELLO_WITHIN_MS = 10_000;

/** Close codes, beside those of RFC 6455. */
export const CLOSE = {
  /** Said `hello` wrongly, too late, or with a token that is not valid. */
  unauthorized: 4401,
  /** The session ended or the account was disabled. */
  signedOut: 4403,
  /** Sent too much for too long after being told. */
  flood: 4429,
  unsupported: 1003,
  tooLarge: 1009,
  goingAway: 1001,
  /** Read too slowly for too long, or the hub is full: come back and resume. */
  tryLater: 1013,
} as const;
