import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomId } from '../../../core/domain/ids.ts';
import type { Finding } from '../../../core/plugin/index.ts';
import irc from '../../../examples/irc/src/index.ts';
import { listenLow } from '../../accounts/listen-low.ts';
import { freePort } from '../../fakes/ports.ts';
import { hasInspircd, type Inspircd, startInspircd } from './inspircd.ts';
import { startModernServer } from './modern-server.ts';
import { connectPerson } from './person.ts';

const README = readFileSync(join(import.meta.dirname, '../../../examples/irc/README.md'), 'utf8');

async function look(config: object, rooms: readonly string[] = []): Promise<readonly Finding[]> {
  const parsed = irc.parseConfig({ host: '127.0.0.1', tls: false, nick: 'doc', ...config });
  const findings = await irc.doctor?.(
    parsed,
    rooms.map((room) => room as RoomId),
    AbortSignal.timeout(20_000),
  );
  for (const finding of findings ?? []) {
    if (finding.level !== 'ok') expect(headings()).toContain(/README\.md#(\S+)/.exec(finding.mend)?.[1]);
  }
  return findings ?? [];
}

/** Anchors of the page that the mends lead to. */
function headings(): readonly string[] {
  return [...README.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
}
const failed = (findings: readonly Finding[]) =>
  findings.filter(({ level }) => level === 'fail').map(({ what }) => what);

it('says that nothing listens there', async () => {
  const findings = await look({ port: await freePort() });
  expect(failed(findings)).toEqual([expect.stringContaining('ECONNREFUSED')]);
  expect(JSON.stringify(findings)).toContain('6697');
});

it('says that the port speaks no TLS', async () => {
  const server = createPlainServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.write(':irc.example NOTICE * :*** Looking up your hostname...\r\n');
  });
  const findings = await look({ port: await listenLow(server), tls: true });
  server.close();
  expect(failed(findings)).toHaveLength(1);
  expect(JSON.stringify(findings)).toContain('tls: false');
});

it('says that the account is refused, without its password', async () => {
  const sasl = { account: 'doc', password: 'sa5l-5ecre7' };
  const server = await startModernServer({ sasl: { ...sasl, password: 'x' } });
  const findings = await look({ port: server.port, sasl });
  await server.stop();
  expect(failed(findings)).toEqual([expect.stringContaining('sasl')]);
  expect(JSON.stringify(findings)).not.toContain(sasl.password);
});

describe.skipIf(!existsSync('/usr/bin/openssl'))('a server with a certificate of its own making', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipmat-irc-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  let port = 0;
  let fingerprint = '';
  const server = { stop: () => {} };
  const received: string[] = [];

  beforeAll(async () => {
    const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', [...words, '-subj', '/CN=irc.test.local', '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    fingerprint = new X509Certificate(readFileSync(cert)).fingerprint256;
    const tls = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
      socket.on('error', () => socket.destroy());
      socket.on('data', (data) => {
        received.push(data.toString());
        socket.end('ERROR :enough seen\r\n');
      });
    });
    tls.on('tlsClientError', () => undefined);
    port = await listenLow(tls);
    server.stop = () => void tls.close();
  });
  afterAll(() => {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is not spoken to, and the mend is named', async () => {
    const findings = await look({ port, tls: true, password: 'geheim' });
    expect(failed(findings)).toEqual([expect.stringContaining('SELF_SIGNED')]);
    expect(JSON.stringify(findings)).toContain('certificateSha256');
    expect(received).toEqual([]);
  });

  it('is not spoken to when it shows another than is pinned', async () => {
    const findings = await look({ port, tls: true, certificateSha256: '00'.repeat(32), password: 'geheim' });
    expect(failed(findings)).toEqual([expect.stringContaining('certificateSha256')]);
    expect(received).toEqual([]);
  });

  it('is spoken to when its certificate is pinned', async () => {
    const findings = await look({ port, tls: true, certificateSha256: fingerprint });
    expect(received.join('')).toContain('NICK doc');
    expect(failed(findings)).toEqual([expect.stringContaining('enough seen')]);
  });
});

describe.skipIf(!hasInspircd)('on a real InspIRCd', () => {
  let server: Inspircd;
  beforeAll(async () => {
    server = await startInspircd({ modules: ['nonicks'] });
  });
  afterAll(() => server?.stop());

  it('says what is well, what is not, and of each channel whether the bridge can work there', async () => {
    const ann = await connectPerson(server.port, 'ann', server.password);
    for (const room of ['#open', '#closed', '#banned']) await ann.join(room);
    ann.raw('MODE #closed +i');
    ann.raw('MODE #banned +b doc!*@*');
    await ann.sees(/MODE #banned \+b/);
    const rooms = ['#open', '#own', '#closed', '#banned', 'nochannel'];
    const findings = await look({ port: server.port, password: server.password }, rooms);
    ann.close();
    expect(failed(findings)).toEqual([
      expect.stringContaining('#closed cannot be joined: it is for the invited'),
      expect.stringContaining('#banned cannot be joined: the bridge is banned'),
      expect.stringContaining('"nochannel" is no name of a channel'),
    ]);
    const whats = findings.map(({ level, what }) => `${level} ${what}`);
    expect(whats).toContain('ok IRC: the nick is doc');
    expect(whats).toContain('ok IRC: #open can be joined');
    expect(whats).toContain('warn IRC: no operator of #open: bans are kept by the hub alone');
    expect(whats).toContain('ok IRC: operator of #own, so bans can be applied there');
    expect(JSON.stringify(findings)).not.toContain(server.password);
  });

  it('says that the nick is taken, and that the password is wrong', async () => {
    const doc = await connectPerson(server.port, 'doc', server.password);
    const taken = await look({ port: server.port, password: server.password });
    doc.close();
    expect(taken).toContainEqual(
      expect.objectContaining({ level: 'warn', what: expect.stringContaining('doc is taken') }),
    );
    const wrong = await look({ port: server.port, password: 'not-the-one' });
    expect(failed(wrong)).toHaveLength(1);
    expect(JSON.stringify(wrong)).not.toContain('not-the-one');
  });
});
