import { createHmac } from 'node:crypto';

/** What is signed: the id of the delivery, the time of the try in seconds, the body. */
export interface Signed {
  readonly id: string;
  readonly seconds: number;
  readonly body: string;
}

/** The header that tells who sent it, in the form of Standard Webhooks: one signature for each secret that is good. */
export function signatureOf({ id, seconds, body }: Signed, secrets: readonly string[]): string {
  const content = `${id}.${seconds}.${body}`;
  return secrets
    .map((secret) => `v1,${createHmac('sha256', keyOf(secret)).update(content).digest('base64')}`)
    .join(' ');
}

/** @param bytes URL-safe, as `newSecret` makes them */
export function secretOf(bytes: string): string {
  return `whsec_${Buffer.from(bytes, 'base64url').toString('base64')}`;
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice('whsec_'.length), 'base64');
}
