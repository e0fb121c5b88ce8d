/** This Redis cannot be used as it is. The message says what is wrong and how to mend it. */
export class RedisRefused extends Error {
  override readonly name = 'RedisRefused';
}
