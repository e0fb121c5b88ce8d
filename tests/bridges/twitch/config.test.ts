import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import plugin from '../../../bridges/twitch/index.ts';

const GOOD = { clientId: 'c', clientSecret: 's3cret-c', accessToken: 'oauth:a-t0ken', refreshToken: 'r-t0ken' };

describe('the configuration', () => {
  it('takes what the example shows, and Twitch itself where no server is named', () => {
    const config = plugin.parseConfig(parse(plugin.exampleConfig));
    expect(config.endpoints).toEqual({
      helix: 'https://api.twitch.tv/helix',
      oauth: 'https://id.twitch.tv/oauth2',
      chat: null,
    });
    expect(plugin.parseConfig(GOOD)).toMatchObject({ accessToken: 'a-t0ken', channels: [] });
    const { clientSecret: _, ...publicly } = GOOD;
    expect(plugin.parseConfig(publicly).clientSecret).toBe(null);
  });

  it.each([
    ['clientId', { ...GOOD, clientId: undefined }],
    ['clientId', { ...GOOD, clientId: ' ' }],
    ['clientSecret', { ...GOOD, clientSecret: 7 }],
    ['accessToken', { ...GOOD, accessToken: undefined }],
    ['refreshToken', { ...GOOD, refreshToken: '' }],
    ['channels.0', { ...GOOD, channels: ['not a login'] }],
    ['endpoints.chat', { ...GOOD, endpoints: { chat: 'https://example.org' } }],
    ['acessToken', { ...GOOD, acessToken: 'x' }],
    ['config', null],
  ])('names %s when it is wrong, and shows no value', (path, input) => {
    expect(() => plugin.parseConfig(input)).toThrow(expect.objectContaining({ name: 'ConfigError', path }) as Error);
    try {
      plugin.parseConfig(input);
    } catch (error) {
      expect(String(error)).not.toMatch(/t0ken|s3cret|not a login/);
    }
  });

  it('links for reading alone, and says why before it is turned round', () => {
    expect(plugin.defaultDirection).toBe('in');
    expect(plugin.outboundNotice).toContain('terms');
  });
});
