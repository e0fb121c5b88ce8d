import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../core/async/clock.ts';
import type { EpochMs } from '../../core/domain/ids.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { type Participant, participant } from '../fakes/people.ts';
import { type Source, startSource, THIS_MACHINE } from '../media/rig.ts';
import { libraryOf, linesOf, WITHIN } from './rig.ts';

let hub: TestHub;
let site: Source;
afterEach(async () => {
  await hub.close();
  await site.close();
});

async function start(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  config: Record<string, unknown> = {},
): Promise<Participant> {
  site = await startSource(answer);
  hub = await startTestHub({ outside: THIS_MACHINE, config });
  return participant(hub.wsUrl, await hub.user('ann', 'admin'));
}
const titles = async (who: Participant) => {
  const items = await libraryOf(who, { channel: 'lobby' });
  return typeof items === 'string' ? items : items.map(({ title }) => title);
};
const html = (title: string): string => `<html><head><title>${title}</title></head><body>${'x'.repeat(100_000)}`;

it('T8: pages are asked for their titles aside, once each, and never where few see the link', async () => {
  const ann = await start((request, response) => {
    response.setHeader('content-type', 'text/html');
    if (request.url === '/old')
      response.end(Buffer.from('<meta charset=iso-8859-1><title>Caf\u00e9</title>', 'latin1'));
    else response.end(html(`Track &amp; ${request.url}`));
  });
  await ann.say(`${site.url}/one and ${site.url}/flyer.png`);
  await ann.say(`${site.url}/old`);
  await ann.say(`${site.url}/one`);
  await expect.poll(() => titles(ann), WITHIN).toEqual(['Track & /one', 'Café', null]);
  expect(await linesOf(ann, { channel: 'lobby', text: 'TRACK' })).toEqual([`link ${site.url}/one 2`]);
  expect(site.asked.toSorted()).toEqual(['/old', '/one']);
  await hub.user('kool', 'dj');
  const kool = await participant(hub.wsUrl, await hub.user('kool'), 'crew-kool');
  await kool.client.post({ channel: 'crew-kool', text: `${site.url}/secret` }).done;
  await ann.say(`${site.url}/last`);
  await expect.poll(() => site.asked, WITHIN).toContain('/last');
  expect(await linesOf(kool, { channel: 'crew-kool' })).toEqual([`link ${site.url}/secret 1`]);
  expect(site.asked).not.toContain('/secret');
});

it('T8: a page that hangs, fails or has no end holds up neither posts nor other pages, and what waits outlives the hub', async () => {
  let isUp = false;
  const ann = await start((request, response) => {
    if (request.url === '/hangs') return;
    if (request.url === '/endless') {
      const more = setInterval(() => response.write('<p>'.repeat(20_000)), 5);
      response.on('close', () => clearInterval(more));
      return;
    }
    response.statusCode = isUp ? 200 : 503;
    response.end(html('back again'));
  });
  const other = await startSource((_, response) => response.end(html('elsewhere')));
  const began = performance.now();
  await ann.say(`${site.url}/hangs`);
  await ann.say(`http://localhost:${site.port}/endless ${other.url.replace('127.0.0.1', 'other.example')}/x`);
  expect(performance.now() - began).toBeLessThan(8_000);
  await expect.poll(() => titles(ann), WITHIN).toContain('elsewhere');
  await ann.say(`http://third.example:${site.port}/down`);
  await expect.poll(() => site.asked, WITHIN).toContain('/down');
  await expect.poll(async () => (await waiting())?.tries, WITHIN).toBe(1);
  isUp = true;
  await hub.stop();
  await other.close();
  const later: Clock = { ...systemClock, now: () => (systemClock.now() + 60 * 60_000) as EpochMs };
  hub = await startTestHub({ outside: THIS_MACHINE, dataDir: hub.dataDir, clock: later });
  await expect.poll(async () => (await waiting())?.title, WITHIN).toBe('back again');
});

async function waiting() {
  const { sql } = hub.hub;
  const query = sql.build.selectFrom('library_titles').selectAll().where('url', 'like', '%/down');
  return (await sql.read(query.compile()))[0];
}

it('nothing of this machine is asked, and nothing at all where that is turned off', async () => {
  const ann = await start((_, response) => response.end(html('inside')), { library: { titles: false } });
  await ann.say(`${site.url}/off`);
  await expect.poll(() => titles(ann), WITHIN).toEqual([null]);
  await hub.close();
  hub = await startTestHub();
  const ben = await participant(hub.wsUrl, await hub.user('ben', 'admin'));
  await ben.say(`${site.url}/inside`);
  const { sql } = hub.hub;
  const query = sql.build.selectFrom('library_titles').select('state');
  await expect.poll(async () => (await sql.read(query.compile()))[0]?.state, WITHIN).toBe('none');
  expect(site.asked).toEqual([]);
});

it('T8: the many links of one host that hangs leave a place for those of others', async () => {
  await start((request, response) => {
    if (request.url === '/quick') response.end(html('quick'));
  });
  const { build, read, write } = hub.hub.sql;
  const row = { title: null, words: '', state: 'waiting', tries: 0 } as const;
  const slow = Array.from({ length: 150 }, (_, n) => {
    return { ...row, item: `slow-${n}`, url: `http://slow.example:${site.port}/${n}`, try_at: systemClock.now() };
  });
  const other = { ...row, item: 'other', url: `http://other.example:${site.port}/quick`, try_at: 1 };
  await write([
    {
      query: build
        .insertInto('library_titles')
        .values([...slow, other])
        .compile(),
    },
  ]);
  const found = build.selectFrom('library_titles').select('title').where('item', '=', 'other').compile();
  await expect.poll(async () => (await read(found))[0]?.title).toBe('quick');
});
