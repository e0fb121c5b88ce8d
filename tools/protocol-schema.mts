/* Writes docs/protocol.schema.json from the schemas of the native protocol; with --check it only compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { helloFrame, hubFrame, PROTOCOL_VERSION, requestFrame } from '../bridges/slipmat/protocol.ts';

const FILE = new URL('../docs/protocol.schema.json', import.meta.url);

/** The JSON Schema of every frame, each kind under `$defs`: `Hello`, `Request` (from clients) and `HubFrame`. */
export function protocolSchema(): object {
  const any = z.union([
    helloFrame.meta({ id: 'Hello', description: 'The first frame of a connection, within 10 s.' }),
    requestFrame.meta({ id: 'Request', description: 'What a client asks.' }),
    hubFrame.meta({ id: 'HubFrame', description: 'What the hub says.' }),
  ]);
  const schema = z.toJSONSchema(any, { target: 'draft-2020-12', io: 'input' });
  return { ...schema, title: `Slipmat Hub, native protocol, version ${PROTOCOL_VERSION}` };
}

function main(isCheck: boolean): void {
  const schema = JSON.stringify(protocolSchema());
  const now: unknown = isCheck ? JSON.parse(readFileSync(FILE, 'utf8')) : null;
  if (!isCheck) writeFileSync(FILE, `${JSON.stringify(protocolSchema(), null, 2)}\n`);
  if (!isCheck || JSON.stringify(now) === schema) return;
  console.error(
    'docs/protocol.schema.json is not what the code says: run `node tools/protocol-schema.mts` and format it.',
  );
  process.exitCode = 1;
}

if (import.meta.main) main(process.argv.includes('--check'));
