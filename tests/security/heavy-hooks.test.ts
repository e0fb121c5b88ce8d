import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiStage, apiStage } from '../api/rig.ts';

let hub: ApiStage;
let url: string;

beforeAll(async () => {
  hub = await apiStage();
  const dj = await hub.user('kool', 'dj');
  const { channels } = (await hub.as(dj)('GET', '/channels')).body;
  const { id } = channels.find(({ kind }: { kind: string }) => kind === 'dj');
  const made = await hub.as(dj)('POST', `/channels/${id}/webhooks`, { name: 'Lights' });
  url = `${hub.url}${made.body.path}`;
});
afterAll(() => hub.close());

function post(suffix: string, body: object): Promise<Response> {
  return fetch(`${url}${suffix}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

it('V2: markup of megabytes, which would hold everybody up for seconds, is not read', async () => {
  const text = '<http://a|b'.repeat(350);
  const blocks = Array.from({ length: 25 }, () => ({ type: 'section', text: { type: 'mrkdwn', text } }));
  const attachments = Array.from({ length: 25 }, () => ({ text, blocks }));
  expect((await post('/slack', { attachments })).status).toBe(413);
  const fields = Array.from({ length: 25 }, () => ({ name: 'x', value: text }));
  expect((await post('', { embeds: Array.from({ length: 10 }, () => ({ fields })) })).status).toBe(413);
  expect((await post('/slack', { text: 'still there' })).status).toBe(200);
});
