import assert from 'node:assert/strict';
import { type Rich, textContent } from '../../domain/content.ts';
import type { Operations } from '../../plugin/operations.ts';
import { type ContractCase, onBridge } from '../case.ts';
import { type Rig, textsOf } from '../rig.ts';

/** What some platform or other takes for a mention of many. */
const PINGS = ['@everyone', '@here', '@channel', '@all', '@room', '<@1>', '<@!1>', '<@&1>', '<!here>', '!here'];
/** What some platform or other takes for markup. */
const MARKUP = 'a **b** __u__ *i* _i_ ~~s~~ ~t~ ||p|| `c` [t](https://e.example/) <b>h</b> &lt; \\* {x} > q # h - l';
const COMMANDS = ['/ban ann', '.timeout ann 600', '!ban ann'];
const BREAK_OUT = 'one\r\nQUIT :two\r\n{"op":"redact"}\n\nthree';
const ODD = ['\u0000\u0001\u001b[31m', '\ud800', '\u202e\u2066abc', '\u200b\u2060', `e${'\u0301'.repeat(300)}`];

/** Text arrives as it stands: nobody is pinged, nothing is formatted, nothing is done. */
export const TEXT_CASES: readonly ContractCase[] = [
  onBridge('posts a text of exactly its limit, astral characters included', { needs: ['post'] }, async (rig) => {
    await rig.start();
    const full = fullText(limitsOf(rig));
    await rig.post(full, 'k1');
    assert.deepEqual(textsOf(rig), [full]);
  }),
  onBridge('shows characters of its markup as they stand', { needs: ['post'] }, async (rig) => {
    await rig.start();
    await rig.post(MARKUP, 'k1');
    assert.deepEqual(textsOf(rig), [MARKUP]);
  }),
  onBridge('formats nothing that is not formatted', { needs: ['post'], wants: ['formatted'] }, async (rig) => {
    await rig.start();
    for (const text of [MARKUP, ...(rig.double.tricks ?? [])]) await rig.post(text, text);
    const formatted = rig.double.posted().flatMap(({ id }) => rig.double.formatted?.(id) ?? []);
    assert.deepEqual(formatted, []);
  }),
  onBridge(
    'pings nobody, whatever a text or a name looks like',
    { needs: ['post'], wants: ['pinged'] },
    async (rig) => {
      await rig.start();
      for (const [index, text] of [...PINGS, ...(rig.double.tricks ?? [])].entries()) {
        for (const [kind, rich] of Object.entries(dressed(text))) await rig.post(rich, `${index} ${kind}`);
        await rig.post('hello', `${index} name`, { speaker: speakerCalled(rig, text) });
      }
      assert.deepEqual(pinged(rig), []);
    },
  ),
  onBridge('pings nobody by an edit', { needs: ['post', 'edit'], wants: ['pinged'] }, async (rig) => {
    await rig.start();
    const [ref] = await rig.post('harmless', 'k1');
    assert.ok(ref, 'a post returns a ref');
    for (const [index, text] of [...PINGS, ...(rig.double.tricks ?? [])].entries()) {
      await rig.run('edit', { ref, speaker: { kind: 'hub' }, text: textContent(text).rich, key: `e${index}` });
    }
    assert.deepEqual(pinged(rig), []);
  }),
  onBridge('says what looks like a command of the platform, and does not do it', { needs: ['post'] }, async (rig) => {
    await rig.start();
    for (const text of COMMANDS) await rig.post(text, text);
    const seen = textsOf(rig);
    assert.equal(seen.length, COMMANDS.length);
    for (const [index, text] of COMMANDS.entries()) {
      assert.ok(seen[index]?.includes(text.slice(1)), `"${text}" is seen as "${seen[index]}"`);
    }
  }),
  onBridge('keeps line breaks inside the text', { needs: ['post'] }, async (rig) => {
    await rig.start();
    await rig.post(BREAK_OUT, 'k1');
    const seen = textsOf(rig).join('\n');
    for (const piece of ['one', 'QUIT :two', '{"op":"redact"}', 'three']) {
      assert.ok(seen.includes(piece), `"${piece}" is seen in "${seen}"`);
    }
    await rig.post('still here', 'k2');
    assert.equal(textsOf(rig).at(-1), 'still here');
  }),
  onBridge('is not broken by characters that are none', { needs: ['post'] }, async (rig) => {
    await rig.start();
    for (const text of ODD) {
      const attempt = rig.post(`a${text}b`, text);
      const failed = await attempt.then(
        () => null,
        () => rig.failureOf(attempt),
      );
      if (failed !== null) assert.deepEqual(failed.failure, { kind: 'permanent', scope: 'command' });
    }
    await rig.post('still here', 'k');
    assert.equal(textsOf(rig).at(-1), 'still here');
  }),
  onBridge('shows the text of every kind of node', { needs: ['post'] }, async (rig) => {
    await rig.start();
    await rig.post(EVERY_NODE, 'k1');
    const seen = textsOf(rig).join('\n');
    for (const piece of NODE_TEXTS) assert.ok(seen.includes(piece), `"${piece}" is seen in "${seen}"`);
  }),
];

const inner = (text: string): Rich => [{ t: 'text', text }];
const EVERY_NODE: Rich = [
  { t: 'text', text: 'plain ' },
  { t: 'bold', children: [{ t: 'italic', children: inner('strong') }] },
  { t: 'underline', children: inner(' lined') },
  { t: 'strike', children: inner(' wrong') },
  { t: 'spoiler', children: inner(' secret') },
  { t: 'code', text: 'const a = `b`;' },
  { t: 'text', text: ' ' },
  { t: 'link', url: 'https://slipmat.example/a', children: inner('a place') },
  { t: 'text', text: ' ' },
  { t: 'mention', user: null, name: 'Ann' },
  { t: 'channel', channel: 'lobby' as never, name: 'lobby' },
  { t: 'emoji', name: 'wave', url: null },
  { t: 'quote', children: inner('quoted') },
  { t: 'pre', text: 'let c = 1;', language: 'js' },
];
const NODE_TEXTS = [
  'plain',
  'strong',
  'lined',
  'wrong',
  'secret',
  'const a = `b`;',
  'a place',
  'Ann',
  'lobby',
  'wave',
  'quoted',
  'let c = 1;',
];

/** A text in every place of a tree where it might come through raw. */
function dressed(text: string): Readonly<Record<string, Rich>> {
  return {
    text: inner(text),
    mention: [{ t: 'mention', user: null, name: text }],
    'mention without its sign': [{ t: 'mention', user: null, name: text.replace(/^@/, '') }],
    channel: [{ t: 'channel', channel: 'lobby' as never, name: text }],
    emoji: [{ t: 'emoji', name: text, url: null }],
    code: [{ t: 'code', text }],
    fence: [{ t: 'pre', text: `\`\`\`\n${text}`, language: text }],
    link: [{ t: 'link', url: 'https://slipmat.example/', children: inner(text) }],
    'in two': [...inner(text.slice(0, 1)), { t: 'bold', children: [] }, ...inner(text.slice(1))],
  };
}

function speakerCalled(rig: Rig, name: string) {
  if (limitsOf(rig).speaker === 'prefix') return { kind: 'hub' } as const;
  return { kind: 'user', name, avatarUrl: null, key: `u-${name}` } as const;
}

function pinged({ double }: Rig): readonly string[] {
  return double.posted().flatMap(({ id }) => double.pinged?.(id) ?? []);
}

function fullText({ text, unit }: Operations['post'][2]): string {
  const weight = { utf16: 2, 'code-point': 1, byte: 4 }[unit];
  return '😀'.repeat(Math.floor(text / weight)) + 'x'.repeat(text % weight);
}

function limitsOf(rig: Rig): Operations['post'][2] {
  const { post } = rig.can();
  assert.ok(post, 'the bridge can post');
  return post.limits;
}
