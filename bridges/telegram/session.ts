import type { Albums } from './albums.ts';
import type { Chats } from './chats.ts';
import type { Client } from './client.ts';
import type { Pictures } from './pictures.ts';

/** One run of the bridge, from its start to its stop. */
export interface Session {
  readonly client: Client;
  readonly own: { readonly id: number; readonly username: string };
  readonly pollSeconds: number;
  readonly albums: Albums;
  readonly chats: Chats;
  readonly pictures: Pictures;
}
