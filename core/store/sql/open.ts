import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CompiledQuery } from 'kysely';
import type { Clock } from '../../async/clock.ts';
import { newSecret } from '../../async/mint.ts';
import type { Logger } from '../../ops/log.ts';
import { BUSY_TIMEOUT_MS, type Db, openReader } from './connect.ts';
import { reading } from './reading.ts';
import type { Sql, Statement, Written } from './sql.ts';
import { startWriter, type Writer } from './writer.ts';

export interface SqlOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long a write waits for the lock of another process; two seconds if absent. */
  readonly busyTimeoutMs?: number;
}

/** The database of this hub: one writer thread, one read-only connection in this one. */
export interface OpenedSql extends Sql {
  readonly file: string;
  /** Random, made once with the file. */
  readonly archiveId: string;
  /** For prepared statements of the stores. Cannot write. */
  readonly reader: Db;
  readonly writer: Writer;
  close(): Promise<void>;
}

/**
 * Opens the file, makes it if it is not there, and brings it to the newest shape.
 * @throws {DatabaseTooNew} when a newer version wrote it
 */
export async function openSql({ file, clock, log, busyTimeoutMs = BUSY_TIMEOUT_MS }: SqlOptions): Promise<OpenedSql> {
  mkdirSync(dirname(file), { recursive: true });
  const options = { file, busyTimeoutMs, now: clock.now(), newArchiveId: newSecret() };
  // The builder of queries takes as long to load as the writer to start.
  const [{ writer, archiveId }, { createCompiler }] = await Promise.all([
    startWriter({ options, clock, log }),
    import('./compile.ts'),
  ]);
  const reader = openReader(file);
  return {
    file,
    archiveId,
    reader,
    writer,
    build: createCompiler(),
    write: (statements) => write(writer, statements),
    read: async (query) => read(reader, query),
    async close() {
      await writer.close();
      reader.close();
    },
  };
}

async function write(writer: Writer, statements: readonly Statement[]): Promise<Written> {
  const answer = await writer.ask({
    kind: 'write',
    statements: statements.map(({ query, expect }) => ({
      sql: query.sql,
      parameters: query.parameters,
      expect: expect ?? null,
    })),
  });
  if (answer.kind !== 'written') throw new Error(`unexpected answer: ${answer.kind}`);
  return answer.written;
}

function read<Row>(reader: Db, { sql, parameters }: CompiledQuery<Row>): readonly Row[] {
  return reading(reader, () => reader.prepare<unknown[], Row>(sql).all(...parameters));
}
