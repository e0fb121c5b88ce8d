/** Said when a folder whose log was moved to Redis is opened without it. */
export const LOG_IS_IN_REDIS = {
  problem: 'the newest messages of this folder are in Redis',
  mend: 'Set REDIS_URL to that Redis again, or set DATA_DIR to another folder.',
} as const;
