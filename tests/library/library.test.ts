import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../client/api.ts';
import type { EpochMs } from '../../core/domain/ids.ts';
import type { LibraryQuestions } from '../../core/plugin/asked/library.ts';
import type { Participant } from '../fakes/people.ts';
import { pixels } from '../media/rig.ts';
import { idOf, type Rig, startRig } from '../sanctions/rig.ts';
import { exported, libraryOf, linesOf, upload, WITHIN } from './rig.ts';

type Page = LibraryQuestions['library'][1];
const LOBBY = { channel: 'lobby' };
const TRACK = 'https://soundcloud.com/dj/one';

describe.each(['embedded', 'redis'] as const)('the library, on %s:', (kind) => {
  let rig: Rig;
  afterEach(() => rig.close());
  const start = async (): Promise<readonly [Participant, Participant, Participant]> => {
    rig = await startRig(kind, { config: { library: { titles: false }, accounts: { signUp: 'open' } } });
    return [await rig.come('root', { role: 'admin' }), await rig.come('ann'), await rig.come('ben')];
  };
  const edited = async (who: Participant, id: string, text: string) =>
    expect((await who.client.edit('lobby', id, text)).ok).toBe(true);

  it('T8: links and files stand in it once, with how often, and by whom first and last; edits and removals change it', async () => {
    const [root, ann, ben] = await start();
    const first = await ann.say(`ID? ${TRACK}?utm_source=chat`);
    await ben.say('and https://example.org/page');
    const again = await ben.say(`it is https://m.soundcloud.com/dj/one again`);
    await expect
      .poll(() => linesOf(root, LOBBY), WITHIN)
      .toEqual(['soundcloud https://m.soundcloud.com/dj/one 2', 'link https://example.org/page 1']);
    const [item] = (await libraryOf(root, LOBBY)) as Exclude<Awaited<ReturnType<typeof libraryOf>>, string>;
    expect(item).toMatchObject({
      first: { message: first, user: idOf(ann), name: 'ann', platform: 'slipmat' },
      last: { message: again, user: idOf(ben), name: 'ben', platform: 'slipmat' },
      title: null,
      attachment: null,
    });
    await edited(ben, again, 'no, it is https://dj.bandcamp.com/track/two');
    await expect
      .poll(() => linesOf(root, LOBBY), WITHIN)
      .toEqual([
        'bandcamp https://dj.bandcamp.com/track/two 1',
        'link https://example.org/page 1',
        `soundcloud ${TRACK} 1`,
      ]);
    await ann.client.redact('lobby', first);
    await expect.poll(() => linesOf(root, { ...LOBBY, kind: 'music' }), WITHIN).toHaveLength(1);
    await root.client.redact('lobby', again);
    await expect.poll(() => linesOf(root, LOBBY), WITHIN).toEqual(['link https://example.org/page 1']);
  });

  it('T8: nothing of a private channel stands in any list: whoever came later would see what was said before', async () => {
    const [root, ann] = await start();
    const made = await ann.client.do('create-private', { name: 'Back room', users: [] });
    if (!made.ok) throw new Error(made.say);
    const { channel } = made.value;
    expect((await ann.client.join(channel)).ok).toBe(true);
    expect((await ann.client.post({ channel, text: 'https://example.org/secret' }).done).ok).toBe(true);
    await ann.say('https://example.org/open');
    // both are archived in order, so the first would be there by now
    await expect.poll(() => linesOf(root, LOBBY), WITHIN).toEqual(['link https://example.org/open 1']);
    expect(await linesOf(ann, { channel })).toEqual([]);
    const rows = rig.hub.hub.sql.reader.prepare<[], { n: number }>('select count(*) as n from library_posts').get();
    expect(rows?.n).toBe(1);
  });

  it('T8: it is asked for by kind, by words and by page', async () => {
    const [root, ann] = await start();
    for (let number = 1; number <= 7; number += 1) await ann.say(`https://example.org/Page-${number}`);
    await ann.say('https://youtu.be/dQw4w9WgXcQ and https://example.org/flyer.png');
    await expect.poll(() => linesOf(root, { ...LOBBY, kind: 'music' }), WITHIN).toHaveLength(1);
    expect(await linesOf(root, { ...LOBBY, kind: 'image' })).toEqual(['image https://example.org/flyer.png 1']);
    expect(await linesOf(root, { ...LOBBY, text: 'EXAMPLE page-3' })).toEqual(['link https://example.org/Page-3 1']);
    expect(await linesOf(root, { ...LOBBY, text: '100% _' })).toEqual([]);
    const urls: string[] = [];
    let before: string | null = null;
    do {
      const page: Answer<Page> = await root.client.ask('library', { ...LOBBY, before, limit: 4 });
      if (!page.ok) throw new Error(page.say);
      urls.push(...page.value.items.map(({ url }) => url));
      before = page.value.next;
    } while (before !== null);
    expect(urls).toHaveLength(9);
    expect(new Set(urls).size).toBe(9);
    expect(urls.at(-1)).toBe('https://example.org/Page-1');
  });

  it('T8: what is hidden by reports is out until a moderator shows it; what stays where it was written is never in', async () => {
    const [root, ann, ben] = await start();
    await root.client.do('set-settings', { ...LOBBY, change: { reportsToHide: 1 } });
    const id = await ann.say(TRACK);
    await ben.say('https://example.org/b');
    await expect.poll(() => linesOf(root, LOBBY), WITHIN).toHaveLength(2);
    expect(await root.client.do('report', { channel: 'lobby', message: id })).toMatchObject({ ok: true });
    await expect.poll(() => linesOf(root, LOBBY), WITHIN).toEqual(['link https://example.org/b 1']);
    await root.client.do('decide-reports', { channel: 'lobby', message: id, as: 'dismissed' });
    await expect.poll(() => linesOf(root, LOBBY), WITHIN).toContain(`soundcloud ${TRACK} 1`);
    expect(await rig.give(ben, 'nobridge')).toContain('no other room');
    await ben.say('https://example.org/mine');
    await ann.say('https://example.org/after');
    await expect.poll(() => linesOf(root, LOBBY), WITHIN).toHaveLength(3);
    expect(await linesOf(root, { ...LOBBY, text: 'mine' })).toEqual([]);
  });

  it('T8: files are told apart by their bytes; each with its name, however often it is posted', async () => {
    const [root, ann, ben] = await start();
    const png = await pixels(20, 10).png().toBuffer();
    const other = await pixels(20, 10, 1, 5).png().toBuffer();
    const post = async (who: Participant, name: string, bytes: Uint8Array) => {
      const url = await upload(rig.hub.url, await rig.hub.user(name), `${name}.png`, bytes);
      const said = await who.client.post({ channel: 'lobby', text: '', attachments: [{ url }] }).done;
      expect(said.ok).toBe(true);
    };
    await post(ann, 'ann', png);
    await post(ben, 'ben', png);
    await post(ben, 'ben', other);
    await expect.poll(() => linesOf(root, LOBBY), WITHIN).toEqual(['image ben.png 1', 'image ben.png 2']);
    expect(await libraryOf(root, LOBBY)).toMatchObject([{}, { first: { name: 'ann' }, last: { name: 'ben' } }]);
  });

  it('T8: moderators take an item out for good, which is written down; others may not, and nobody asks about closed channels', async () => {
    const [root, ann] = await start();
    const kool = await rig.come('kool', { role: 'dj', channel: 'dj-kool' });
    await ann.say(TRACK);
    await expect.poll(() => linesOf(root, LOBBY), WITHIN).toHaveLength(1);
    const found = await libraryOf(root, LOBBY);
    const item = typeof found === 'string' ? '' : (found[0]?.id ?? '');
    expect(await ann.client.do('remove-from-library', { ...LOBBY, item })).toMatchObject({ code: 'forbidden' });
    expect(await kool.client.do('remove-from-library', { ...LOBBY, item })).toMatchObject({ code: 'forbidden' });
    expect(await root.client.do('remove-from-library', { ...LOBBY, item })).toMatchObject({ ok: true });
    expect(await root.client.do('remove-from-library', { ...LOBBY, item })).toMatchObject({ code: 'not-found' });
    await ann.say(`${TRACK}?si=1 and https://example.org/other`);
    await expect.poll(() => linesOf(root, LOBBY), WITHIN).toEqual(['link https://example.org/other 1']);
    const audit = await root.client.ask('audit', { channel: 'lobby' });
    expect(audit.ok && audit.value.acts.map(({ act, target }) => [act, target?.user])).toContainEqual([
      'library-remove',
      idOf(ann),
    ]);
    await kool.client.post({ channel: 'crew-kool', text: TRACK }).done;
    expect(await linesOf(ann, { channel: 'crew-kool' })).toBe('not-found');
    expect(await linesOf(root, {})).toBe('bad-request');
    expect(await linesOf(root, { channel: 'lobby', event: 'x' })).toBe('bad-request');
    expect(await linesOf(root, { event: 'x' })).toBe('not-found');
  });

  it('T8: it is made anew from the messages when the way it is made has changed', async () => {
    const [root, ann, ben] = await start();
    const gone = await ann.say('https://example.org/gone');
    for (let number = 0; number < 130; number += 1) await ann.say(`https://example.org/${number % 50}`);
    await ben.say(TRACK);
    await ann.client.redact('lobby', gone);
    await expect.poll(() => linesOf(root, { ...LOBBY, limit: 100 }), WITHIN).toHaveLength(51);
    const before = await linesOf(root, { ...LOBBY, limit: 100 });
    await rig.hub.stop();
    const db = new Database(`${rig.hub.dataDir}/hub.sqlite`);
    db.exec(`delete from library_posts where message_id > (select message_id from library_posts limit 1 offset 20);
      update library_state set version = 0, up_to = ''`);
    db.close();
    await rig.restart();
    const again = await rig.come('root');
    await expect.poll(() => linesOf(again, { ...LOBBY, limit: 100 }), WITHIN).toEqual(before);
  });
});

describe('the library of a live event', () => {
  let rig: Rig;
  afterEach(() => rig.close());
  const MIN = 60_000;

  it('T8: has what was said while it lasted, in its own chat or the DJ’s, and is written out as Markdown and CSV', async () => {
    rig = await startRig('embedded', { config: { library: { titles: false } } });
    const kool = await rig.come('kool', { role: 'dj', channel: 'dj-kool' });
    const say = async (channel: string, text: string) => {
      const said = await kool.client.post({ channel, text }).done;
      expect(said.ok).toBe(true);
    };
    const { liveEvents, knowledge } = rig.hub.hub;
    const now = knowledge.directory.events;
    await say('dj-kool', 'https://example.org/before');
    const planned = await kool.client.do('plan-event', {
      channel: 'dj-kool',
      title: 'Night *1*',
      startsAt: (rig.now() + 20 * MIN) as EpochMs,
    });
    if (!planned.ok) throw new Error(planned.say);
    const { event } = planned.value;
    await expect.poll(() => now.ownerOf(event.channel)?.state, WITHIN).toBe('warmup');
    await say(event.channel, `=HYPERLINK("x") ${TRACK}`);
    await expect.poll(() => linesOf(kool, { event: event.id }), WITHIN).toEqual([`soundcloud ${TRACK} 1`]);
    expect(await linesOf(kool, { channel: event.channel })).toHaveLength(1);
    const markdown = await exported(kool, { event: event.id, format: 'markdown' });
    expect(markdown).toMatchObject({ name: `library-${event.id}.md`, mediaType: 'text/markdown; charset=utf-8' });
    expect('text' in markdown && markdown.text).toMatch(
      /^# Night \\\*1\\\*\n\n- \[soundcloud\.com\/dj\/one\]\(<https:\/\/soundcloud\.com\/dj\/one>\) \(soundcloud\): kool on slipmat, .*Z\n$/,
    );
    const csv = await exported(kool, { event: event.id, format: 'csv' });
    expect('text' in csv && csv.text.split('\r\n')[1]).toMatch(
      /Z,soundcloud,,https:\/\/soundcloud\.com\/dj\/one,1,kool,slipmat,/,
    );
    await kool.client.do('turn-event', { event: event.id, turn: 'cancel' });

    const stream = (isConnected: boolean) => liveEvents.stream(idOf(kool), { isConnected, at: rig.now() });
    await stream(true);
    rig.forward(1.1 * MIN);
    await expect.poll(() => now.ofDj(idOf(kool))[0]?.state, WITHIN).toBe('live');
    const adHoc = now.ofDj(idOf(kool))[0]?.id;
    await say('dj-kool', 'https://example.org/while');
    await expect.poll(() => linesOf(kool, { event: adHoc }), WITHIN).toEqual(['link https://example.org/while 1']);
    await stream(false);
    rig.forward(3 * MIN);
    await expect.poll(() => now.ofDj(idOf(kool))[0]?.state, WITHIN).toBe('ended');
    rig.forward(31 * MIN);
    await expect.poll(() => now.ofDj(idOf(kool)), WITHIN).toEqual([]);
    rig.forward(MIN);
    await say('dj-kool', 'https://example.org/while and https://example.org/after');
    await expect.poll(() => linesOf(kool, { channel: 'dj-kool' }), WITHIN).toHaveLength(3);
    expect(await linesOf(kool, { event: adHoc })).toEqual(['link https://example.org/while 1']);
  });
});
