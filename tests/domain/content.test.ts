import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newMessageId, userIdOf } from '../../core/async/mint.ts';
import { plainText, type Rich, type RichNode, textContent } from '../../core/domain/content.ts';
import type { BridgeId, ChannelId, EpochMs, MessageId, UserId } from '../../core/domain/ids.ts';
import { mintedAt, parseChannelId, parseMessageId, parseUserId } from '../../core/domain/ids.ts';
import { redact, revise } from '../../core/domain/message.ts';
import { cleanContent, cleanName, isEmpty, isReactionEmoji, normalize } from '../../core/pipeline/normalize.ts';

const { rich } = fc.letrec<{ rich: Rich; node: RichNode }>((tie) => ({
  rich: fc.array(tie('node'), { maxLength: 6, depthIdentifier: 'rich' }),
  node: fc.oneof(
    { depthIdentifier: 'rich', maxDepth: 12 },
    fc.record({ t: fc.constant('text' as const), text: fc.string({ unit: 'binary', maxLength: 3_000 }) }),
    fc.record({ t: fc.constant('code' as const), text: fc.string() }),
    fc.record({ t: fc.constant('emoji' as const), name: fc.string(), url: fc.constant(null) }),
    fc.record({ t: fc.constant('link' as const), url: fc.oneof(fc.webUrl(), fc.string()), children: tie('rich') }),
    fc.record({ t: fc.constantFrom('bold' as const, 'spoiler' as const, 'quote' as const), children: tie('rich') }),
  ),
}));

describe('cleaning content', () => {
  it('bounds whatever comes: text, nodes, depth; whole characters; no controls; only web links', () => {
    fc.assert(
      fc.property(rich, (tree) => {
        const clean = cleanContent({ rich: tree, attachments: [] });
        const text = plainText(clean.rich);
        expect(text.isWellFormed()).toBe(true);
        expect(count(clean.rich)).toBeLessThanOrEqual(500);
        expect(depth(clean.rich)).toBeLessThanOrEqual(8);
        expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]|[^\P{Cc}\t\n]/u);
        for (const url of urls(clean.rich)) expect(url).toMatch(/^https?:/i);
      }),
    );
  });
  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(rich, (tree) => {
        const once = cleanContent({ rich: tree, attachments: [] });
        expect(cleanContent(once)).toEqual(once);
      }),
    );
  });
  it('cuts at 4,000 UTF-16 units without splitting a pair', () => {
    const clean = cleanContent(textContent(`${'a'.repeat(3_999)}🎧🎧`));
    expect(plainText(clean.rich)).toBe('a'.repeat(3_999));
  });
  it('turns a link that leads nowhere safe into its text', () => {
    const link = { t: 'link', url: 'javascript:alert(1)', children: [{ t: 'text', text: 'go' }] } as const;
    expect(cleanContent({ rich: [link], attachments: [] }).rich).toEqual([{ t: 'text', text: 'go' }]);
  });
  it('knows nothing from something', () => {
    expect(isEmpty(textContent(' \n\t'))).toBe(true);
    expect(isEmpty(textContent('x'))).toBe(false);
  });
  it('keeps a name on one line, never empty, at most 48 graphemes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        const clean = cleanName(name);
        expect(clean).not.toBe('');
        expect(clean).not.toMatch(/[\n\r\t]/);
        expect([...new Intl.Segmenter().segment(clean)].length).toBeLessThanOrEqual(48);
      }),
    );
  });
  it.each([
    ['🔥', true],
    ['👍🏽', true],
    ['🏴󠁧󠁢󠁳󠁣󠁴󠁿', true],
    ['👩‍👩‍👧', true],
    [':slipmat:', true],
    ['fire', false],
    ['🔥🔥', false],
    ['', false],
    ['<b>', false],
  ])('takes %s as a reaction: %s', (emoji, expected) => {
    expect(isReactionEmoji(emoji)).toBe(expected);
  });
});

describe('T2: a message', () => {
  const author = { user: userIdOf('x', 'a' as never), name: 'Ann', platform: 'x', avatarUrl: null, badge: null };
  const channel = {
    id: 'lobby' as ChannelId,
    kind: 'mega',
    name: 'Lobby',
    topic: '',
    owner: null,
    state: 'open',
  } as const;
  const origin = { bridge: 'x' as BridgeId, ref: null };
  const posted = normalize(
    { channel, author, content: textContent('hello'), replyTo: null, origin },
    1 as EpochMs,
    newMessageId(),
  );
  it('is not changed by an edit or a redaction; they make new values', () => {
    const before = structuredClone(posted);
    const edited = revise(posted, textContent('hello there'), 2 as EpochMs);
    const gone = redact(edited, { at: 3 as EpochMs, by: 'author' });
    expect(posted).toEqual(before);
    expect(edited).toMatchObject({ revision: 1, editedAt: 2 });
    expect(plainText(gone.content.rich)).toBe('');
    expect(gone.redaction).toEqual({ at: 3, by: 'author' });
  });
});

describe('ids', () => {
  it('sort by the time they were made, and tell it', () => {
    const ids = Array.from({ length: 2_000 }, () => newMessageId());
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.abs(mintedAt(ids[0] as MessageId) - Date.now())).toBeLessThan(60_000);
    expect(ids.every((id) => parseMessageId(id) === id)).toBe(true);
  });
  it('make the same user of the same account, and another of any other', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (p, a, q, b) => {
        const one = userIdOf(p, a as never);
        const other = userIdOf(q, b as never);
        expect(parseUserId(one)).toBe(one);
        expect(one === other).toBe(p === q && a === b);
      }),
    );
  });
  it('refuse what is none', () => {
    for (const bad of ['', 'Lobby', '-x', 'a b', 'x'.repeat(49), '../x']) expect(parseChannelId(bad)).toBeNull();
    expect(parseMessageId('00000000-0000-4000-8000-000000000000')).toBeNull();
    expect(parseUserId('u-1')).toBeNull();
    expect(parseUserId(`u-${'a'.repeat(26)}`)).toBe(`u-${'a'.repeat(26)}` as UserId);
  });
});

function count(tree: Rich): number {
  return tree.reduce((sum, node) => sum + 1 + ('children' in node ? count(node.children) : 0), 0);
}
function depth(tree: Rich): number {
  return tree.length === 0 ? 0 : 1 + Math.max(...tree.map((node) => ('children' in node ? depth(node.children) : 0)));
}
function urls(tree: Rich): string[] {
  return tree.flatMap((node) => [
    ...(node.t === 'link' ? [node.url] : []),
    ...('children' in node ? urls(node.children) : []),
  ]);
}
