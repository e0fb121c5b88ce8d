import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { exampleYaml, withTable } from '../../config/example.ts';
import { loadConfig } from '../../config/load.ts';
import { hubConfig } from '../../config/schema.ts';

it('the example file is what the schema says; node config/example.ts writes it', () => {
  expect(readFileSync('config/hub.example.yaml', 'utf8')).toBe(exampleYaml());
});

it('the table of docs/configuration.md is what the schema says', () => {
  const page = readFileSync('docs/configuration.md', 'utf8');
  expect(page).toContain('`accounts.signUp`');
  expect(page).toBe(withTable(page));
});

it('the example file loads, and gives the defaults', async () => {
  const loaded = await loadConfig({ env: {}, readFile: () => exampleYaml(), file: 'hub.example.yaml' });
  expect(loaded).toMatchObject({ ok: true, config: hubConfig.parse({}) });
});
