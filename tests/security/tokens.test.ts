import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../core/domain/scopes.ts';
import { type ApiStage, apiStage } from '../api/rig.ts';
import { connectPeer, newKey } from '../fakes/socket-peer.ts';

let hub: ApiStage;
let dj: string;
let ann: string;
let channel: string;

beforeAll(async () => {
  hub = await apiStage();
  dj = await hub.user('kool', 'dj');
  ann = await hub.user('ann');
  const { channels } = (await hub.as(dj)('GET', '/channels')).body;
  channel = channels.find(({ kind }: { kind: string }) => kind === 'dj').id;
});
afterAll(() => hub.close());

async function said(session: string, text: string): Promise<string> {
  const posted = await hub.as(session)('POST', `/channels/${channel}/messages`, { text });
  return posted.body.message;
}
async function isGone(message: string): Promise<boolean> {
  const found = await hub.as(dj)('GET', `/channels/${channel}/messages/${message}`);
  return found.body.message.redaction !== null;
}

describe('V1: a token of somebody with a role', () => {
  it('deletes nothing of others unless it may moderate, by any door', async () => {
    const token = await hub.token(dj, { scopes: ['read', 'post'] });
    const message = await said(ann, 'let me be');
    const path = `/channels/${channel}/messages/${message}`;
    expect(await hub.as(token)('DELETE', path)).toMatchObject({ status: 403 });
    const command = { text: 'redact', replyTo: message };
    await hub.as(token)('POST', `/channels/${channel}/commands`, command);
    const peer = await connectPeer(hub.wsUrl, { token });
    const asked = await peer.ask({ type: 'redact', channel, key: newKey(), message });
    expect(asked).toMatchObject({ type: 'error', code: 'forbidden' });
    await peer.close();
    expect(await isGone(message)).toBe(false);
    const own = await hub.as(token)('POST', `/channels/${channel}/messages`, { text: 'mine' });
    expect((await hub.as(token)('DELETE', `/channels/${channel}/messages/${own.body.message}`)).status).toBe(200);
    const moderating = await hub.token(dj, { scopes: ['moderate'] });
    expect((await hub.as(moderating)('DELETE', path)).status).toBe(200);
  });

  it('does by a command only what it may do by the act', async () => {
    const message = await said(ann, 'and another one');
    const allBut = (...without: readonly string[]) => SCOPES.filter((scope) => !without.includes(scope));
    const tries: readonly (readonly [string, readonly string[]])[] = [
      ['rules be kind', ['read', 'history', 'account']],
      ['rules off', allBut('settings:manage')],
      ['crew in boss', allBut('roles:manage')],
      ['nsfw', allBut('moderate')],
      ['safe', allBut('moderate')],
      ['karma ann', allBut('moderate')],
      ['link discord', allBut()],
      ['show', allBut()],
    ];
    for (const [text, scopes] of tries) {
      const token = await hub.token(dj, { scopes });
      const given = await hub.as(token)('POST', `/channels/${channel}/commands`, { text, replyTo: message });
      expect([text, given.status]).toEqual([text, 403]);
    }
    const reading = await hub.token(dj, { scopes: ['read'] });
    expect((await hub.as(reading)('POST', `/channels/${channel}/commands`, { text: 'rules' })).status).toBe(200);
  });
});

/** So many turns of the loop later. */
function after(turns: number, act: () => void): void {
  if (turns <= 0) act();
  else setImmediate(() => after(turns - 1, act));
}

describe('a stream of events', () => {
  it('leaves nothing behind when it is gone before it began', async () => {
    const token = await hub.token(ann, { scopes: ['read'] });
    const headers = { authorization: `Bearer ${token}` };
    for (let n = 0; n < 60; n += 1) {
      await new Promise<void>((resolve) => {
        const asked = request(`${hub.url}/api/v1/channels/${channel}/events`, { headers, agent: false });
        asked.on('error', () => {});
        asked.on('close', () => resolve());
        asked.on('socket', (socket) => socket.on('connect', () => after(n % 30, () => asked.destroy())));
        asked.end();
      });
    }
    const open = async (): Promise<number> => {
      const gone = new AbortController();
      const answer = await fetch(`${hub.url}/api/v1/channels/${channel}/events`, { headers, signal: gone.signal });
      gone.abort();
      return answer.status;
    };
    await expect.poll(open).toBe(200);
    const people = async () => (await hub.as(dj)('GET', `/channels/${channel}/people`)).body.people;
    await expect.poll(people).toEqual([]);
  });
});
