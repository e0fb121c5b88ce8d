export const bridges = {} as const;
