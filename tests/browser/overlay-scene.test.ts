import { describe, expect, it } from 'vitest';
import type { ChannelEvent } from '../../client/index.ts';
import { EMPTY_CONTENT, textContent } from '../../core/domain/content.ts';
import type { ChannelId, EpochMs, MessageId, Seq, UserId } from '../../core/domain/ids.ts';
import type { WireChatMessage } from '../../core/domain/wire.ts';
import { OPTION_NAMES, readOptions } from '../../web/overlay/options.ts';
import { createScene } from '../../web/overlay/scene.ts';

const LOBBY = 'lobby' as ChannelId;

function message(id: string, text: string, change: Partial<WireChatMessage['author']> = {}): WireChatMessage {
  return {
    id: id as MessageId,
    author: { user: `u-${id}` as UserId, name: 'Ana', platform: 'slipmat', avatarUrl: null, badge: null, ...change },
    content: textContent(text),
    replyTo: null,
    sentAt: 1_000_000 as EpochMs,
    revision: 0,
    editedAt: null,
    redaction: null,
  };
}
let seq = 0;
function said(of: WireChatMessage): ChannelEvent {
  seq += 1;
  return { type: 'message', seq: seq as Seq, channel: LOBBY, key: null, message: of };
}
function gone(id: string): ChannelEvent {
  const redaction = { at: 5 as EpochMs, by: 'moderator' as const };
  return { type: 'redaction', seq: 0 as Seq, channel: LOBBY, id: id as MessageId, redaction };
}
function page(messages: readonly WireChatMessage[]): ChannelEvent {
  const rows = messages.toReversed().map((one, at) => ({ seq: (100 - at) as Seq, message: one, reactions: [] }));
  return { type: 'joined', channel: LOBBY, seq: 100 as Seq, mode: 'reset', messages: rows, isEnd: true };
}
function scene(search = '') {
  const made = createScene(readOptions(search).options);
  return { ...made, texts: (at: number) => made.rows(at).map((row) => row.message.id) };
}

describe('what is on the overlay', () => {
  it('stands there once, whether it comes again by itself or in a page', () => {
    const stage = scene();
    stage.take(said(message('a', 'one')), 0);
    stage.take(said(message('a', 'one')), 1);
    stage.take(page([message('a', 'one'), message('b', 'two')]), 2);
    expect(stage.texts(3)).toEqual(['a', 'b']);
  });

  it('goes when it was deleted while nobody was connected', () => {
    const stage = scene();
    for (const id of ['a', 'b', 'c']) stage.take(said(message(id, id)), 0);
    const redaction = { at: 5 as EpochMs, by: 'moderator' as const };
    stage.take(page([message('a', 'a'), { ...message('b', ''), content: EMPTY_CONTENT, redaction }]), 1);
    expect(stage.texts(2)).toEqual(['a']);
  });

  it('waits for its delay, fades after its time, and what is pushed out does not come back', () => {
    const stage = scene('delay=3&fade=10&max=2');
    stage.take(said(message('a', 'a')), 0);
    expect(stage.texts(2_999)).toEqual([]);
    expect(stage.nextChange(0)).toBe(3_000);
    expect(stage.texts(3_000)).toEqual(['a']);
    stage.take(said(message('b', 'b')), 3_500);
    stage.take(said(message('c', 'c')), 3_600);
    expect(stage.texts(6_600)).toEqual(['b', 'c']);
    expect(stage.texts(16_599)).toEqual(['c']);
    expect(stage.texts(16_600)).toEqual([]);
    expect(stage.nextChange(16_600)).toBeNull();
  });

  it('never shows what was deleted in its delay', () => {
    const stage = scene('delay=3');
    stage.take(said(message('a', 'a')), 0);
    stage.take(gone('a'), 1_000);
    expect(stage.texts(4_000)).toEqual([]);
  });

  it.each([
    ['platforms=twitch', ['tw']],
    ['hide=bots', ['tw', 'cmd', 'ana']],
    ['hide=commands', ['tw', 'bot', 'ana']],
    ['hide=user:ana', ['tw', 'bot']],
  ])('with %s shows what that leaves', (search, expected) => {
    const stage = scene(search);
    stage.take(said(message('tw', 'hi', { platform: 'twitch', name: 'tw' })), 0);
    stage.take(said(message('bot', 'beep', { badge: 'bot', name: 'bot' })), 0);
    stage.take(said(message('cmd', '!song', { name: 'ANA' })), 0);
    stage.take(said(message('ana', 'hm! well')), 0);
    expect(stage.texts(1)).toEqual(expected);
  });

  it('has no picture that no moderator has marked as safe, and none that is a spoiler', () => {
    const file = { url: '/media/x', name: 'x.png', mediaType: 'image/png', bytes: 1, width: 1, height: 1, alt: null };
    const stage = scene('images=safe');
    const shown = (id: string, more: object) => {
      const attachments = [{ ...file, isSpoiler: false, ...more }];
      stage.take(said({ ...message(id, ''), content: { rich: [], attachments } }), 0);
    };
    shown('unmarked', {});
    shown('nsfw', { mark: 'nsfw' });
    shown('spoiler', { mark: 'safe', isSpoiler: true });
    shown('safe', { mark: 'safe' });
    expect(stage.texts(1)).toEqual(['safe']);
  });

  it('shows a picture once it is marked as safe, and no more once it is NSFW', () => {
    const stage = scene('images=safe');
    const file = { url: '/media/x', name: 'x.png', mediaType: 'image/png', bytes: 1, width: 1, height: 1, alt: null };
    const attachments = [{ ...file, isSpoiler: false, picture: 'p1' }];
    stage.take(said({ ...message('a', ''), content: { rich: [], attachments } }), 0);
    expect(stage.texts(1)).toEqual([]);
    const marked = (mark: 'safe' | 'nsfw'): ChannelEvent => {
      return {
        type: 'mark',
        seq: 0 as Seq,
        channel: LOBBY,
        id: 'a' as MessageId,
        picture: 'p1',
        mark,
        at: 0 as EpochMs,
      };
    };
    stage.take(marked('safe'), 2);
    expect(stage.texts(3)).toEqual(['a']);
    stage.take(marked('nsfw'), 4);
    expect(stage.texts(5)).toEqual([]);
  });
});

describe('the link of an overlay', () => {
  it('is read, each option by its name', () => {
    const { options, problems } = readOptions(
      'channel=dj-kool&platforms=Twitch,%20discord&max=5&fade=30&size=40&bg=00000080&anim=none&font=Noto%20Sans',
    );
    expect(problems).toEqual([]);
    expect(options).toMatchObject({ channel: 'dj-kool', most: 5, fadeSeconds: 30, size: 40, background: '#00000080' });
    expect([...(options.platforms ?? [])]).toEqual(['twitch', 'discord']);
  });

  it('names what cannot be used, and takes the rest', () => {
    const wrong = 'max=0&fade=x&dir=left&bg=red&font=%22;x&shadow=2&channel=..&hide=all&__proto__=1&size=';
    const { options, problems } = readOptions(`${wrong}&line=2`);
    expect(problems).toHaveLength(10);
    expect(options).toMatchObject({ most: 20, fadeSeconds: 0, dir: 'up', font: null, line: 2, channel: 'lobby' });
  });

  it('has at least a dozen options', () => {
    expect(OPTION_NAMES.length).toBeGreaterThan(12);
  });
});
