import type { ServerResponse } from 'node:http';
import { type ApiMessage, messageOf } from '../message.ts';

export function answer(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The first that programs get, so that they know that they are there. */
export function greeting(now: number): ApiMessage {
  return messageOf(now, { event: 'api_connected' });
}
