import { z } from 'zod';

/** The longest text that goes either way; the hub keeps no longer ones. */
export const MAX_TEXT = 4_000;
/** Bytes of a file that travels inside a message. */
export const MAX_FILE_BYTES = 1024 * 1024;
/** What one message may weigh, its files as base64 in it. */
export const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
const MOST_FILES = 10;

const word = z
  .string()
  .max(2_000)
  .nullish()
  .transform((value) => value ?? '');
const file = z.object({
  Name: word,
  /** Base64. */
  Data: z.string().nullish(),
  Comment: word,
  URL: word,
});
export type ReadFile = z.output<typeof file>;

/** A message as matterbridge's API has it, whoever sent it. What is not known is left out, as new fields come with time. */
export const readMessage = z.object({
  text: z
    .string()
    .max(60_000)
    .nullish()
    .transform((value) => value ?? ''),
  username: word,
  userid: word,
  avatar: word,
  account: word,
  protocol: word,
  gateway: word,
  /** Unknown ones are none of ours. */
  event: word,
  parent_id: word,
  id: word,
  timestamp: word,
  Extra: z
    .object({ file: z.array(file).max(MOST_FILES).nullish() })
    .nullish()
    .transform((extra) => extra?.file ?? []),
});
export type ReadMessage = z.output<typeof readMessage>;

export interface WrittenFile {
  readonly Name: string;
  /** Base64; null where there is a URL. */
  readonly Data: string | null;
  readonly Comment: string;
  readonly URL: string;
  readonly Size: number;
  readonly SHA: string;
}

/** A message as it is written for readers. */
export interface ApiMessage {
  readonly text: string;
  readonly channel: string;
  readonly username: string;
  readonly userid: string;
  readonly avatar: string;
  readonly account: string;
  readonly event: '' | 'msg_delete' | 'api_connected' | 'api_refused';
  readonly protocol: string;
  readonly gateway: string;
  readonly parent_id: string;
  /** RFC 3339 */
  readonly timestamp: string;
  readonly id: string;
  readonly Extra: { readonly file: readonly WrittenFile[] } | null;
}

const EMPTY: ApiMessage = {
  text: '',
  channel: '',
  username: '',
  userid: '',
  avatar: '',
  account: '',
  event: '',
  protocol: '',
  gateway: '',
  parent_id: '',
  timestamp: '',
  id: '',
  Extra: null,
};

/** A message with all its fields, as programs expect them. */
export function messageOf(at: number, fields: Partial<ApiMessage>): ApiMessage {
  return { ...EMPTY, timestamp: new Date(at).toISOString(), ...fields };
}
