import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Env } from '../../config/env.ts';
import { type Setting, secretTexts, settingsInForce } from '../../config/in-force.ts';
import { loadConfig } from '../../config/load.ts';
import { UNKNOWN_ORIGINS } from '../../config/origins.ts';
import { hubConfig } from '../../config/schema.ts';

const SECRET = 'hunter2-hunter2-hunter2';

async function inForce(
  env: Env,
  yaml: string,
  files: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, Setting>> {
  const known: Readonly<Record<string, string>> = { ...files, 'hub.yaml': yaml };
  const loaded = await loadConfig({ env: { ...env, CONFIG: 'hub.yaml' }, readFile: (path) => known[path] ?? '' });
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('\n'));
  return new Map(settingsInForce(loaded.config, loaded.origins).map((setting) => [setting.field, setting]));
}

describe('the configuration in force', () => {
  it('says of each value whether it is from the environment, from a place in the file, or as usual', async () => {
    const settings = await inForce(
      { PORT: '9001', SLIPMAT_ACCOUNTS__GUESTS: 'off', SLIPMAT_BRIDGES__0__CONFIG__TOKEN: SECRET },
      'port: 9000\naccounts:\n  sessionDays: 7\nbridges:\n  - id: irc\n    use: irc\n',
    );
    expect(settings.get('port')).toMatchObject({ value: '9001', origin: { kind: 'environment', where: 'PORT' } });
    expect(settings.get('accounts.guests')).toMatchObject({
      value: '"off"',
      origin: { kind: 'environment', where: 'SLIPMAT_ACCOUNTS__GUESTS' },
    });
    expect(settings.get('accounts.sessionDays')).toMatchObject({
      value: '7',
      origin: { kind: 'file', where: 'hub.yaml:3:3' },
    });
    expect(settings.get('bridges[0].use')?.origin).toEqual({ kind: 'file', where: 'hub.yaml:6:5' });
    expect(settings.get('bridges[0].required')).toMatchObject({ value: 'false', origin: { kind: 'default' } });
    expect(settings.get('bridges[0].config')).toMatchObject({
      value: null,
      isSecret: true,
      isSet: true,
      origin: { kind: 'environment', where: 'SLIPMAT_BRIDGES__0__CONFIG__TOKEN' },
    });
    expect(settings.get('lobby.name')).toMatchObject({
      value: '"Lobby"',
      origin: { kind: 'default' },
      variable: 'SLIPMAT_LOBBY__NAME',
      describe: 'Its name, as shown.',
    });
  });

  it('names the variable of a secret in a file of its own, and neither its path nor its text', async () => {
    const settings = await inForce({ SLIPMAT_METRICS_TOKEN_FILE: '/run/token' }, 'port: 9000', {
      '/run/token': SECRET,
    });
    expect(settings.get('metricsToken')).toMatchObject({
      value: null,
      isSet: true,
      origin: { kind: 'environment', where: 'SLIPMAT_METRICS_TOKEN_FILE' },
    });
    expect(JSON.stringify([...settings])).not.toMatch(/hunter2|\/run\/token/);
  });

  it('has every field of the schema, those of absent objects as one', async () => {
    const fields = [...(await inForce({}, 'port: 9000')).keys()];
    expect(fields).toEqual(
      expect.arrayContaining(['host', 'accounts.jwt', 'bridges', 'portals', 'retention.seenDays']),
    );
    expect(new Set(fields).size).toBe(fields.length);
  });

  it('shows no password that stands in an address', async () => {
    const jwt = { jwksUrl: `https://me:${SECRET}@site.example/keys`, issuer: 'x', audience: 'y' };
    const config = hubConfig.parse({ accounts: { jwt } });
    const all = settingsInForce(config, UNKNOWN_ORIGINS);
    expect(all.find(({ field }) => field === 'accounts.jwt.jwksUrl')?.value).toBe('"https://***@site.example/keys"');
  });

  it('shows no text of a secret, whatever a bridge is configured with; and knows each to take it out of errors', async () => {
    const secret = fc.string({ minLength: 8, maxLength: 30, unit: 'grapheme-ascii' }).map((text) => `S3CRET-${text}`);
    const nested = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        secret,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'token', 'deep'), tie('value')),
      ),
    })).value;
    fc.assert(
      fc.property(nested, secret, (inner, password) => {
        const redisUrl = `redis://:${encodeURIComponent(password)}@redis.example:6379`;
        const config = hubConfig.parse({ redisUrl, bridges: [{ id: 'irc', use: 'irc', config: inner }] });
        expect(JSON.stringify(settingsInForce(config, UNKNOWN_ORIGINS))).not.toContain('S3CRET-');
        const said = `${JSON.stringify(config.redisUrl)} ${password} ${leavesOf(inner).join(' ')}`;
        const clean = secretTexts(config).reduce((text, one) => text.replaceAll(one, '***'), said);
        expect(clean).not.toContain('S3CRET-');
      }),
    );
  });
});

function leavesOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}
