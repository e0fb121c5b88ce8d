import { z } from 'zod';
import { codeOf } from '../../config/env.ts';
import { request } from '../async/plain-http.ts';
import {
  CONTROL,
  type ControlAnswer,
  type ControlInput,
  type ControlName,
  type ControlOutput,
} from '../http/control-operations.ts';
import { isAlive, listSockets, reachable } from '../http/control-socket.ts';
import { CliError } from './parts.ts';

/** A running hub, as the command line sees it. */
export interface ControlClient {
  call<K extends ControlName>(name: K, input: ControlInput<K>): Promise<ControlAnswer<ControlOutput<K>>>;
}

const success = z.object({ ok: z.literal(true), value: z.unknown() });
const refusal = z.object({ ok: z.literal(false), say: z.string() });

/** The first hub that answers in this data folder; null when none runs. */
export async function findHub(dataDir: string): Promise<ControlClient | null> {
  for (const socket of socketsIn(dataDir)) {
    if (await isAlive(socket)) return controlClient(socket);
  }
  return null;
}

function socketsIn(dataDir: string): readonly string[] {
  try {
    return listSockets(dataDir);
  } catch (error) {
    throw new CliError(
      `The data folder ${dataDir} cannot be read (${codeOf(error)}). Run this as the user of the hub, or set DATA_DIR to its folder.`,
    );
  }
}

export function controlClient(socket: string): ControlClient {
  return {
    async call(name, input) {
      const body: unknown = JSON.parse(await post(socket, name, JSON.stringify(input)));
      const said = refusal.safeParse(body);
      if (said.success) return said.data;
      return parseAnswer(name, body);
    },
  };
}

function parseAnswer<K extends ControlName>(name: K, body: unknown): ControlAnswer<ControlOutput<K>> {
  const said = success.safeParse(body);
  const value = said.success ? CONTROL[name].output.safeParse(said.data.value) : said;
  if (!value.success) return { ok: false, say: 'The running hub is of another version: stop it and start it again.' };
  return { ok: true, value: value.data };
}

function post(socket: string, name: string, body: string): Promise<string> {
  const { path, release } = reachable(socket);
  return new Promise<string>((done, reject) => {
    const asked = request(
      { socketPath: path, path: `/${name}`, method: 'POST', headers: { 'content-type': 'application/json' } },
      (response) => {
        const chunks: string[] = [];
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => chunks.push(chunk));
        response.once('end', () => done(chunks.join('')));
        response.once('error', reject);
      },
    );
    asked.once('error', reject);
    asked.end(body);
  }).finally(release);
}
