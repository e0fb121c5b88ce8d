import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainText, type Rich } from '../../core/domain/content.ts';
import type { Logger } from '../../core/ops/log.ts';
import { type Answered, type ApiStage, apiStage } from './rig.ts';

let hub: ApiStage;
let dj: string;
let ann: string;
let channel: string;
const logged: string[] = [];

/** Keeps all that is told to the log. */
const keeping: Logger = {
  debug: (fields, event) => void logged.push(JSON.stringify([fields, event])),
  info: (fields, event) => void logged.push(JSON.stringify([fields, event])),
  warn: (fields, event) => void logged.push(JSON.stringify([fields, event])),
  error: (fields, event) => void logged.push(JSON.stringify([fields, event])),
  child: () => keeping,
};

beforeAll(async () => {
  hub = await apiStage({ log: keeping });
  dj = await hub.user('kool', 'dj');
  ann = await hub.user('ann');
  const { channels } = (await hub.as(dj)('GET', '/channels')).body;
  channel = channels.find(({ kind }: { kind: string }) => kind === 'dj').id;
});
afterAll(() => hub.close());

async function make(as: string, more: object = {}): Promise<{ path: string; id: string }> {
  const made = await hub.as(as)('POST', `/channels/${channel}/webhooks`, { name: 'Lights', ...more });
  expect(made.status).toBe(201);
  return { path: made.body.path, id: made.body.webhook.id };
}

async function send(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered> {
  const isText = typeof body === 'string' || body instanceof FormData;
  const answer = await fetch(`${hub.url}${path}`, {
    method: 'POST',
    headers: isText ? headers : { 'content-type': 'application/json', ...headers },
    body: isText ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  const isJson = /json/.test(answer.headers.get('content-type') ?? '');
  return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
}

interface Said {
  readonly author: { readonly name: string; readonly platform: string; readonly badge: string };
  readonly content: { readonly rich: Rich; readonly attachments: readonly { readonly name: string }[] };
}
async function newest(of = channel): Promise<Said> {
  const page = await hub.as(dj)('GET', `/channels/${of}/messages?limit=1`);
  return page.body.messages[0].message;
}

describe('V2: a webhook', () => {
  it('is made by the DJ, or by a developer with a token that the DJ gave, and by nobody else', async () => {
    await make(dj);
    const given = await hub.token(dj, { scopes: ['webhooks:manage'], channel });
    const { path, id } = await make(given);
    expect((await send(path, { text: 'from the developer' })).status).toBe(201);
    const listed = await hub.as(given)('GET', `/channels/${channel}/webhooks`);
    expect(listed.body.webhooks.map((hook: { id: string }) => hook.id)).toContain(id);
    expect(JSON.stringify(listed.body)).not.toContain(path.split('/')[3]);
    const own = await hub.token(ann, { scopes: ['webhooks:manage'] });
    for (const as of [ann, own]) {
      expect((await hub.as(as)('POST', `/channels/${channel}/webhooks`, { name: 'x' })).status).toBe(403);
      expect((await hub.as(as)('DELETE', `/channels/${channel}/webhooks/${id}`)).status).toBe(403);
    }
    expect((await hub.as(given)('POST', '/channels/lobby/webhooks', { name: 'x' })).status).toBe(404);
    expect((await hub.as(dj)('POST', '/channels/lobby/webhooks', { name: 'x' })).status).toBe(403);
  });

  it('posts as a named integration that is marked as such', async () => {
    const { path } = await make(dj, { name: 'Fog machine' });
    const posted = await send(path, { text: 'fog in **ten** seconds' });
    expect(posted).toMatchObject({ status: 201, body: { outcome: 'posted' } });
    const message = await newest();
    expect(message.author).toMatchObject({ name: 'Fog machine', platform: 'webhook', badge: 'bot' });
    expect(message.content.rich).toContainEqual({ t: 'bold', children: [{ t: 'text', text: 'ten' }] });
    await send(path, { text: 'hi', name: 'Fog two' });
    expect((await newest()).author.name).toBe('Fog two');
    const twice = { text: 'once', key: 'the-same-key' };
    expect((await send(path, twice)).status).toBe(201);
    expect(await send(path, twice)).toMatchObject({ status: 200, body: { outcome: 'duplicate' } });
  });

  it('is moderated like anyone', async () => {
    const { path, id } = await make(dj);
    await hub.as(dj)('PATCH', `/channels/${channel}/settings`, { change: { rules: { heldWords: ['blackout'] } } });
    expect(await send(path, { text: 'blackout now' })).toMatchObject({ status: 202, body: { outcome: 'held' } });
    const { webhooks } = (await hub.as(dj)('GET', `/channels/${channel}/webhooks`)).body;
    const { user } = webhooks.find((hook: { id: string }) => hook.id === id);
    const act = { act: 'timeout', minutes: 5 };
    expect((await hub.as(dj)('POST', `/channels/${channel}/people/${user}/sanctions`, act)).status).toBe(200);
    expect(await send(path, { text: 'hello' })).toMatchObject({ status: 403, body: { code: 'sanctioned' } });
  });

  it('gets another secret while the old one is good for as long as asked', async () => {
    const { path, id } = await make(dj);
    const rotate = (overlapMinutes: number) =>
      hub.as(dj)('POST', `/channels/${channel}/webhooks/${id}/rotate`, { overlapMinutes });
    const next = (await rotate(60)).body.path;
    expect(next).not.toBe(path);
    expect((await send(path, { text: 'old' })).status).toBe(201);
    expect((await send(next, { text: 'new' })).status).toBe(201);
    const last = (await rotate(0)).body.path;
    expect((await send(path, { text: 'old' })).status).toBe(404);
    expect((await send(next, { text: 'new' })).status).toBe(404);
    expect((await send(last, { text: 'last' })).status).toBe(201);
    const change = (body: object) => hub.as(dj)('PATCH', `/channels/${channel}/webhooks/${id}`, body);
    expect((await change({})).body.webhook.name).toBe('Lights');
    expect((await change({ name: 'Fog' })).body.webhook.name).toBe('Fog');
    expect((await hub.as(dj)('DELETE', `/channels/${channel}/webhooks/${id}`)).status).toBe(200);
    expect((await send(last, { text: 'gone' })).status).toBe(404);
  });

  it('dies with its live event', async () => {
    const as = hub.as(dj);
    const startsAt = Date.now() + 10 * 60_000;
    const planned = await as('POST', `/channels/${channel}/live-events`, { title: 'Night', startsAt });
    const { id, channel: own } = planned.body.event;
    const made = await as('POST', `/channels/${own}/webhooks`, { name: 'Lights' });
    expect(made.body.webhook.event).toBe(id);
    expect((await send(made.body.path, { text: 'doors are open' })).status).toBe(201);
    expect(plainText((await newest(own)).content.rich)).toBe('doors are open');
    expect((await as('POST', `/live-events/${id}/turns`, { turn: 'cancel' })).status).toBe(200);
    expect((await send(made.body.path, { text: 'too late' })).status).toBe(404);
    expect((await as('GET', `/channels/${own}/webhooks`)).body.webhooks).toEqual([]);
    expect((await as('POST', `/channels/${own}/webhooks`, { name: 'Lights' })).status).toBe(404);
  });

  it('does nothing by GET, and leaves its secret in no log', async () => {
    const { path } = await make(dj);
    const [, , id = '', secret = ''] = path.split('/');
    expect((await fetch(`${hub.url}${path}`)).status).toBe(405);
    await send(path, { text: 'one' });
    await send(path, '{broken', { 'content-type': 'application/json' });
    await send(`/hooks/${id}/${'x'.repeat(43)}`, { text: 'guess' });
    await send(`/hooks/${'0'.repeat(36)}/${secret}`, { text: 'guess' });
    const log = logged.join('\n');
    expect(log).toContain('/hooks/:id/:secret');
    expect(log).not.toContain(secret);
  });

  it('takes what is said by it one minute at a time', async () => {
    const { path } = await make(dj);
    const sent = await Promise.all(Array.from({ length: 70 }, (_, n) => send(path, { content: `n ${n}` })));
    const late = sent.find(({ status }) => status === 429);
    expect(late?.body).toMatchObject({ code: 'rate-limited' });
    expect(Number(late?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(sent.filter(({ status }) => status === 204)).toHaveLength(60);
  });
});

describe('V2: what people send already', () => {
  let path: string;
  beforeAll(async () => {
    path = (await make(dj, { name: 'Post box' })).path;
  });

  it('Discord form: content, embeds, name, wait, files, and its errors', async () => {
    const body = {
      content: 'Now **live** <t:1714557600:R> [page](https://slipmat.example/x) <@123> @everyone',
      username: 'Captain Hook',
      embeds: [
        {
          author: { name: 'Slipmat' },
          title: 'House night',
          url: 'https://slipmat.example/night',
          description: 'All *night* long',
          fields: [{ name: 'Floor', value: 'one', inline: true }],
          footer: { text: 'since 2010' },
        },
      ],
    };
    expect((await send(path, body)).status).toBe(204);
    const said = await newest();
    expect(said.author).toMatchObject({ name: 'Captain Hook', badge: 'bot' });
    expect(plainText(said.content.rich).split('\n')).toEqual([
      'Now live 2024-05-01 10:00 UTC page (https://slipmat.example/x) @someone @everyone',
      'Slipmat',
      'House night',
      'All night long',
      'Floor: one',
      'since 2010',
    ]);
    const waited = await send(`${path}?wait=true`, { content: 'and the message back' });
    expect(waited).toMatchObject({ status: 200, body: { channel_id: channel, author: { bot: true } } });
    expect(await send(path, { content: '', embeds: [] })).toMatchObject({ status: 400 });
    const form = new FormData();
    form.set('payload_json', JSON.stringify({ content: 'with a file' }));
    form.set('files[0]', new File(['a list of tracks'], 'tracks.txt', { type: 'text/plain' }));
    expect((await send(path, form)).status).toBe(204);
    expect((await newest()).content.attachments).toMatchObject([{ name: 'tracks.txt' }]);
  });

  it('Slack form: answers in its words, as JSON or in a form field', async () => {
    expect(await send(`${path}/slack`, { text: 'hello', username: 'Bot' })).toMatchObject({ status: 200, body: 'ok' });
    const field = `payload=${encodeURIComponent(JSON.stringify({ text: 'from a form' }))}`;
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await send(`${path}/slack`, field, type)).toMatchObject({ status: 200, body: 'ok' });
    expect(plainText((await newest()).content.rich)).toBe('from a form');
    expect(await send(`${path}/slack`, {})).toMatchObject({ status: 400, body: 'no_text' });
    expect(await send(`${path}/slack`, '{')).toMatchObject({ status: 400, body: 'invalid_payload' });
    expect(await send('/hooks/no/such/slack', { text: 'x' })).toMatchObject({ status: 404, body: 'no_service' });
  });

  const folder = join(import.meta.dirname, '../fixtures/hooks');
  for (const name of readdirSync(folder)) {
    const { suffix = '', headers, body, said, answer } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    it(`${name} posts a readable message`, async () => {
      expect((await send(`${path}${suffix}`, body, headers)).status).toBe(answer);
      const lines = plainText((await newest()).content.rich).split('\n');
      expect(lines.filter((line) => line.trim() !== '')).toEqual(said);
    });
  }

  it('what is delivered again is told once', async () => {
    const { headers, body } = JSON.parse(readFileSync(join(folder, 'github-issue.json'), 'utf8'));
    const before = (await hub.as(dj)('GET', `/channels/${channel}`)).body.headSeq;
    expect((await send(`${path}/github`, body, headers)).status).toBe(204);
    expect(
      (await send(`${path}/github`, { zen: 'Keep it logically awesome.' }, { 'x-github-event': 'ping' })).status,
    ).toBe(204);
    expect((await hub.as(dj)('GET', `/channels/${channel}`)).body.headSeq).toBe(before);
  });
});
