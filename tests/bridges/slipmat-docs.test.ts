import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CLOSE } from '../../bridges/slipmat/limits.ts';
import { hubFrame, requestFrame } from '../../bridges/slipmat/protocol.ts';
import { REFUSALS } from '../../core/domain/receipt.ts';

const text = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');

it('docs/protocol.schema.json is what the code says', () => {
  const checked = spawnSync(process.execPath, ['tools/protocol-schema.mts', '--check'], { encoding: 'utf8' });
  expect(`${checked.stdout}${checked.stderr}`).toBe('');
  expect(checked.status).toBe(0);
});

it('docs/protocol.md names every frame, error code and close code', () => {
  const frames = [...requestFrame.options, ...hubFrame.options].map(({ shape }) => shape.type.value);
  expect(frames.length).toBeGreaterThan(20);
  expect(frames.filter((type) => !text.includes(`\`${type}\``))).toEqual([]);
  expect(REFUSALS.filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
  const codes = Object.entries(CLOSE).filter(([name]) => name !== 'badFrame');
  expect(codes.length).toBeGreaterThan(5);
  expect(codes.filter(([, code]) => !new RegExp(`^\\|[^|]*\\b${code}\\b[^|]*\\|`, 'm').test(text))).toEqual([]);
});
