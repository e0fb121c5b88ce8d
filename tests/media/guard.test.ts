import { afterEach, describe, expect, it } from 'vitest';
import { createOutside, type Outside } from '../../core/media/outside.ts';
import { type MediaRig, openRig, type Source, startSource, THIS_MACHINE } from './rig.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function start(outside: Outside = THIS_MACHINE): Promise<MediaRig> {
  const rig = await openRig({ outside });
  opened.push(rig);
  return rig;
}
async function serve(...args: Parameters<typeof startSource>): Promise<Source> {
  const source = await startSource(...args);
  opened.push(source);
  return source;
}
async function codeOf(rig: MediaRig, url: string): Promise<string> {
  const taken = await rig.put(url);
  return taken.ok ? 'taken' : taken.code;
}

describe('addresses', () => {
  const { isAllowed } = createOutside();
  it.each([
    '127.0.0.1',
    '127.255.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::7f00:1',
    'fe80::1',
    'fc00::1',
    'fd12:3456::1',
    'ff02::1',
    '64:ff9b::7f00:1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'localhost',
    '',
  ])('%s is not outside', (address) => {
    expect(isAllowed(address)).toBe(false);
  });

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '192.167.255.255', '2606:4700:4700::1111', '2a00:1450:4001::1'])(
    '%s is',
    (address) => {
      expect(isAllowed(address)).toBe(true);
    },
  );
});

describe('a link of a stranger', () => {
  it('leads to nothing on this machine or in its network, however it is written', async () => {
    const source = await serve((_request, response) => response.end('secret of this machine'));
    const rig = await start(createOutside());
    const { port } = source;
    const forms = [
      `http://127.0.0.1:${port}/`,
      `http://2130706433:${port}/`,
      `http://0x7f.1:${port}/`,
      `http://0177.0.0.1:${port}/`,
      `http://[::1]:${port}/`,
      `http://[::ffff:127.0.0.1]:${port}/`,
      `http://0:${port}/`,
      'http://169.254.169.254/latest/meta-data/',
      'https://10.0.0.1/',
    ];
    for (const url of forms) expect([url, await codeOf(rig, url)]).toEqual([url, 'blocked']);
    // a name server need not know this one
    expect(await codeOf(rig, `http://localhost:${port}/`)).toMatch(/blocked|unreachable/);
    expect(source.asked).toEqual([]);
  });

  it('is of the web, and carries no name and no password', async () => {
    const source = await serve((_request, response) => response.end('text'));
    const rig = await start();
    for (const url of [
      source.url.replace('//', '//user:pass@'),
      source.url.replace('//', '//user@'),
      source.url.replace('http', 'ftp'),
      'file:///etc/passwd',
      'data:text/plain,hello',
      'not a link',
      '',
    ]) {
      expect([url, await codeOf(rig, url)]).toEqual([url, 'blocked']);
    }
    expect(source.asked).toEqual([]);
  });

  it('is held against the guard again at every turn it takes', async () => {
    const source = await serve(({ url }, response) => {
      const targets: Record<string, string> = {
        '/inside': 'http://127.0.0.2:1/',
        '/metadata': 'http://169.254.169.254/',
        '/file': 'file:///etc/passwd',
        '/creds': `http://a:b@127.0.0.1:${source.port}/end`,
        '/near': '/end',
      };
      const location = targets[url ?? ''];
      if (location === undefined) response.end('the end');
      else response.writeHead(302, { location }).end();
    });
    const rig = await start();
    for (const path of ['/inside', '/metadata', '/file', '/creds']) {
      expect([path, await codeOf(rig, source.url + path)]).toEqual([path, 'blocked']);
    }
    expect(source.asked).toEqual(['/inside', '/metadata', '/file', '/creds']);
    expect(await rig.kept(`${source.url}/near`)).toMatchObject({ bytes: 7 });
  });

  it('may turn three times and no more', async () => {
    const source = await serve(({ url }, response) => {
      const left = Number((url ?? '').slice(1));
      if (left === 0) response.end('here');
      else response.writeHead(307, { location: `/${left - 1}` }).end();
    });
    const rig = await start();
    expect(await codeOf(rig, `${source.url}/3`)).toBe('taken');
    expect(await codeOf(rig, `${source.url}/4`)).toBe('unreachable');
    expect(await codeOf(rig, `${source.url}/9999`)).toBe('unreachable');
  });

  it('is connected to where it was looked up, though its name says something else by now', async () => {
    const source = await serve((_request, response) => response.end('outside'));
    let lookedUp = 0;
    const rig = await start({
      isAllowed: (address) => address === '127.0.0.1',
      async resolve() {
        lookedUp += 1;
        return lookedUp === 1 ? ['127.0.0.1'] : ['127.0.0.2'];
      },
    });
    const url = `http://rebind.example:${source.port}/`;
    expect(await codeOf(rig, url)).toBe('taken');
    expect(lookedUp).toBe(1);
    expect(await codeOf(rig, url)).toBe('blocked');
    expect(source.asked).toHaveLength(1);
  });

  it('goes to those of its addresses that are outside', async () => {
    const source = await serve((_request, response) => response.end('outside'));
    const rig = await start({
      isAllowed: (address) => address === '127.0.0.1',
      resolve: async () => ['10.0.0.1', '127.0.0.1', '::1'],
    });
    expect(await codeOf(rig, `http://mixed.example:${source.port}/`)).toBe('taken');
  });

  it('is told nothing of the hub: no cookie, no credential, no referrer', async () => {
    let headers: object = {};
    const source = await serve((request, response) => {
      headers = request.headers;
      response.setHeader('set-cookie', 'a=b').end('text');
    });
    const rig = await start();
    await rig.kept(source.url);
    await rig.kept(source.url);
    expect(Object.keys(headers).toSorted()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent']);
  });

  it('whose name nobody knows is unreachable', async () => {
    const rig = await start({ isAllowed: () => true, resolve: async () => [] });
    expect(await codeOf(rig, 'https://nobody.example/')).toBe('unreachable');
  });
});
