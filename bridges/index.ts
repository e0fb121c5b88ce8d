/** What comes with the hub. Each is loaded only when it runs. */
export const bridges = {
  surfaces: { slipmat: () => import('./slipmat/index.ts') },
  bridges: {
    discord: () => import('./discord/index.ts'),
    matrix: () => import('./matrix/index.ts'),
    telegram: () => import('./telegram/index.ts'),
    twitch: () => import('./twitch/index.ts'),
  },
} as const;
