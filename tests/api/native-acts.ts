import type { Case, World } from './cases.ts';

let acts = 0;

/** Somebody was banned on a platform alone. @returns the id of that */
async function nativeAct({ hub, users }: World): Promise<string> {
  acts += 1;
  const id = `native-act-${acts}`;
  const where = { channel_id: 'lobby', bridge: 'nowhere', room: '#far', by_name: null };
  const whom = { account_id: `far-${acts}`, user_id: users.dan ?? '', name: 'far' };
  const act = { act: 'ban', until: null, reason: null, at: Date.now(), decided_by: null, decided_at: null } as const;
  const { build, write } = hub.hub.sql;
  const insert = build.insertInto('native_acts').values({ id, ...where, ...whom, ...act });
  await write([{ query: insert.compile() }]);
  return id;
}

export const NATIVE_ACT_CASES: Readonly<Record<string, Case>> = {
  'dismiss-native-act': {
    happy: async (world) => ({ params: { channel: 'lobby', act: await nativeAct(world) } }),
    async conflict(world) {
      const act = await nativeAct(world);
      await world.hub.as(world.boss)('POST', `/channels/lobby/native-acts/${act}/dismiss`);
      return { params: { channel: 'lobby', act } };
    },
  },
};
