import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { expect } from 'vitest';
import { listenLow } from '../accounts/listen-low.ts';

export interface Got {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly body: any;
}

/** Somebody else's server that is told what happens. */
export interface Receiver {
  readonly url: string;
  readonly got: Got[];
  /** How it answers from now on; null: never. */
  answer(status: number | null, headers?: Record<string, string>): void;
  /** Types of what came, or the words of messages. */
  seen(): readonly string[];
  stop(): void;
}

export async function startReceiver(): Promise<Receiver> {
  const got: Got[] = [];
  let now: { status: number | null; headers: Record<string, string> } = { status: 204, headers: {} };
  const server = createServer((request, response) => {
    let raw = '';
    request.on('data', (chunk) => (raw += String(chunk)));
    request.on('end', () => {
      const { status, headers } = now;
      got.push({ path: request.url ?? '', headers: request.headers, raw, body: JSON.parse(raw) });
      if (status !== null) response.writeHead(status, headers).end();
    });
  });
  const port = await listenLow(server);
  return {
    url: `http://127.0.0.1:${port}/told`,
    got,
    answer(status, headers = {}) {
      now = { status, headers };
    },
    seen: () => got.map(({ body }) => textOf(body) ?? body.type),
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a JSON body
function textOf({ type, data }: any): string | null {
  return type === 'message' ? (data.message.content.rich[0]?.text ?? '') : null;
}

/** As docs/webhooks.md tells receivers to. */
export function isSigned({ headers, raw }: Got, secret: string): boolean {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${raw}`;
  const expected = Buffer.from(createHmac('sha256', key).update(content).digest('base64'));
  expect(Math.abs(Date.now() / 1_000 - Number(headers['webhook-timestamp']))).toBeLessThan(300);
  return String(headers['webhook-signature'])
    .split(' ')
    .map((one) => Buffer.from(one.replace('v1,', '')))
    .some((one) => one.length === expected.length && timingSafeEqual(one, expected));
}
