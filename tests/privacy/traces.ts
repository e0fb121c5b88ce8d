import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** Files below a folder in which this text stands, in letters as they are or as small ones. */
export function tracesIn(folder: string, text: string): readonly string[] {
  const wanted = text.toLowerCase();
  return filesBelow(folder).filter((file) => readFileSync(file).toString('latin1').toLowerCase().includes(wanted));
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const found = statSync(path);
    if (found.isDirectory()) return filesBelow(path);
    return found.isFile() ? [path] : [];
  });
}

/** Keys of a Redis in whose name or serialized value this text stands. */
export async function tracesInRedis(url: string, text: string): Promise<readonly string[]> {
  const redis = new Redis(url);
  const wanted = text.toLowerCase();
  try {
    const found: string[] = [];
    for (const key of await redis.keys('*')) {
      const value = await redis.dumpBuffer(key);
      // streams are compressed only from a size on that none has here
      const isIn = `${key} ${value?.toString('latin1') ?? ''}`.toLowerCase().includes(wanted);
      if (isIn || (await wordsOf(redis, key)).toLowerCase().includes(wanted)) found.push(key);
    }
    return found;
  } finally {
    redis.disconnect();
  }
}

async function wordsOf(redis: Redis, key: string): Promise<string> {
  switch (await redis.type(key)) {
    case 'stream':
      return JSON.stringify(await redis.xrange(key, '-', '+'));
    case 'hash':
      return JSON.stringify(await redis.hgetall(key));
    case 'string':
      return (await redis.get(key)) ?? '';
    default:
      return '';
  }
}
