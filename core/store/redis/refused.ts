/** This Redis cannot be used as it is. The message says what is wrong and how to mend it. */
export class RedisRefused extends Error {
  override readonly name = 'RedisRefused';
}

/** @param own the archive of the data folder; null in a new one */
export function otherArchive(owner: string, own: string | null): RedisRefused {
  return new RedisRefused(
    `Redis belongs to another archive (${owner}) than the data folder (${own ?? 'a new one'}). ` +
      'Point REDIS_URL at the Redis of this folder, or DATA_DIR at the folder of this Redis; ' +
      'for a fresh start take an empty database, such as redis://host/1.',
  );
}
