/// <reference lib="dom" />
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Client } from '../../client/index.ts';
import { createClient } from '../../client/index.ts';
import type { BridgeId, ChannelId, PortalId, RoomId } from '../../core/domain/ids.ts';
import { type FakeRoomServer, startFakeRoom } from '../fakes/fake-room.ts';
import { pixels } from '../media/rig.ts';
import { FAKE_BUILT_INS } from '../relay/rig.ts';
import { DESKTOP, openContext, type ViewOptions, watchErrors } from './chromium.ts';
import { createElsewhere, type Elsewhere } from './platforms.ts';
import { openStage, type Person, type Stage } from './stage.ts';

export const CHANNEL = 'dj-selecta';
export const ROOM = 'techno-talk';

/** A DJ's channel with a platform that answers, one that only talks, moderators and people; and the console before them. */
export interface ConsoleScene {
  readonly stage: Stage;
  readonly room: FakeRoomServer;
  readonly elsewhere: Elsewhere;
  /** By name, in the DJ's channel. */
  client(name: string): Client;
  idOf(name: string): string;
  /** Somebody before the console, at one of its panels. */
  at(name: string, panel: string, view?: Partial<ViewOptions> & { readonly look?: string }): Promise<Person>;
  /** Links a room of the platform that answers. */
  link(room: string): Promise<PortalId>;
  says(name: string, text: string): Promise<string>;
  /** A picture that nobody has posted before. */
  shows(name: string, text: string, seed: number): Promise<string>;
  close(): Promise<void>;
}

const DJ = 'Selecta';
const CAST = [DJ, 'Morgan', 'Ben', 'Ana', 'Cy'] as const;

/** Selecta is the DJ, Morgan and Ben moderate, Ana and Cy chat. */
export async function openConsoleScene(): Promise<ConsoleScene> {
  const room = await startFakeRoom();
  const elsewhere = createElsewhere(['discord']);
  const stage = await openStage({
    builtIns: {
      surfaces: elsewhere.builtIns.surfaces,
      bridges: { ...elsewhere.builtIns.bridges, ...FAKE_BUILT_INS.bridges },
    },
    config: {
      bridges: [
        { id: 'discord', use: 'discord' },
        { id: 'fake', use: 'fakeroom', config: { port: room.port, token: room.token, knowsRoles: true } },
      ],
      portals: [],
    },
  });
  const hub = stage.hub();
  const clients = new Map<string, Client>();
  for (const name of CAST) {
    const token = await hub.user(name, name === DJ ? 'dj' : undefined);
    const client = createClient({ url: hub.wsUrl, token });
    const joined = await client.join(CHANNEL);
    if (!joined.ok) throw new Error(`${name}: ${joined.say}`);
    clients.set(name, client);
  }
  const client = (name: string): Client => {
    const found = clients.get(name);
    if (found === undefined) throw new Error(`nobody is called ${name}`);
    return found;
  };
  const idOf = (name: string): string => client(name).you()?.user ?? '';
  for (const target of ['Morgan', 'Ben']) {
    const made = await client(DJ).do('appoint', { channel: CHANNEL, target: idOf(target), isForEvent: false });
    if (!made.ok) throw new Error(made.say);
  }
  const { desk } = hub.hub.linking;
  const link = async (bridge: string, name: string): Promise<PortalId> => {
    const wish = { channel: CHANNEL as ChannelId, bridge: bridge as BridgeId, room: name as RoomId };
    const linked = await desk.link({ ...wish, direction: null, reach: null, prefix: null, madeBy: null });
    if (!linked.ok) throw new Error(linked.say);
    return linked.value;
  };
  await link('discord', 'room');

  async function post(name: string, text: string, attachments: readonly { readonly url: string }[]): Promise<string> {
    const done = await client(name).post({ channel: CHANNEL, text, attachments }).done;
    if (!done.ok || done.value.message === null) throw new Error(`not posted: ${JSON.stringify(done)}`);
    return done.value.message;
  }

  return {
    stage,
    room,
    elsewhere,
    client,
    idOf,
    link: (name) => link('fake', name),
    says: (name, text) => post(name, text, []),
    async shows(name, text, seed) {
      const sent = await fetch(`${stage.url}/api/media?name=light.png`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await hub.user(name)}`, 'content-type': 'image/png' },
        body: new Uint8Array(await pixels(120, 80, 1, seed).png().toBuffer()),
      });
      const { attachment } = await sent.json();
      return post(name, text, [{ url: attachment.url }]);
    },
    async at(name, panel, { look = 'system', ...view } = {}) {
      const context = await openContext(stage.browser, { ...DESKTOP, ...view });
      const kept = [
        ['slipmat.session', JSON.stringify({ token: await hub.user(name), name })],
        ['slipmat.console.channel', CHANNEL],
        ['slipmat.theme', look],
      ] as const;
      await context.addInitScript((all) => {
        for (const [key, value] of all) localStorage.setItem(key, value);
      }, kept);
      const page = await context.newPage();
      const errors = watchErrors(page);
      await page.goto(`${stage.url}/console#${panel}`);
      await page.getByRole('navigation', { name: 'Parts of the console' }).waitFor();
      return { page, context, errors };
    },
    async close() {
      for (const one of clients.values()) one.close();
      await stage.close();
      await room.stop();
    },
  };
}

/** Goes to another part of the console. */
export async function goTo(page: Page, title: string): Promise<void> {
  await page.getByRole('link', { name: title }).first().click();
  await page.getByRole('heading', { level: 2, name: title }).waitFor();
}

/** The one of the queue with these words. */
export const queued = (page: Page, text: string): Locator => page.locator('li[data-kind]', { hasText: text });

/** Waits for what no hub tells of: whoever comes back to the page sees what is so now. */
export async function comesToShow(page: Page, what: Locator): Promise<void> {
  await expect
    .poll(async () => {
      await page.evaluate(() => dispatchEvent(new Event('focus')));
      return what.count();
    })
    .toBeGreaterThan(0);
}
