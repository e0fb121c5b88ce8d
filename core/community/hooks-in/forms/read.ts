import { z } from 'zod';
import { MAX_TEXT_UTF16 } from '../../../domain/content.ts';
import { issueOf } from '../../../plugin/asked/issue.ts';
import { parseMarkup } from '../../../plugin/markup/parse.ts';
import { readAlerts, readIssues, readUptime } from './alert-forms.ts';
import { readAttachments } from './attachments-form.ts';
import { readEmbeds } from './embeds-form.ts';
import { type Fields, fieldsOf, type ReadForm } from './form.ts';
import { readRepository } from './repository-form.ts';

/** Whose form it is in, which decides how it is answered. */
export type FormKind = 'own' | 'embeds' | 'attachments' | 'repository' | 'alert';

export interface Payload {
  /** Behind the secret in the path: says which form it is in. */
  readonly suffix: '' | 'slack' | 'github';
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const own = z.strictObject({
  text: z.string().min(1).max(MAX_TEXT_UTF16),
  name: z.string().min(1).max(80).nullable().default(null),
  avatarUrl: z
    .url({ protocol: /^https?$/ })
    .max(2_048)
    .nullable()
    .default(null),
  key: z
    .string()
    .regex(/^[A-Za-z0-9_-]{8,64}$/)
    .nullable()
    .default(null),
});

/** Tells the form of a payload by its path, its headers, and what stands in it. */
export function formOf({ suffix, headers, body }: Payload): FormKind {
  const fields = fieldsOf(body);
  if (suffix === 'github' || headers['x-github-event'] !== undefined) return 'repository';
  if (suffix === 'slack') return 'attachments';
  if (headers['sentry-hook-resource'] !== undefined) return 'alert';
  if (Array.isArray(fields.alerts) || 'heartbeat' in fields || 'monitor' in fields) return 'alert';
  if ('content' in fields || 'embeds' in fields) return 'embeds';
  return 'attachments' in fields || 'blocks' in fields ? 'attachments' : 'own';
}

/** What it says. `say`: what is wrong with it; empty: there is nothing to say. */
export function readForm(kind: FormKind, { headers, body }: Payload): ReadForm {
  const fields = fieldsOf(body);
  switch (kind) {
    case 'own':
      return readOwn(body);
    case 'embeds':
      return readEmbeds(fields);
    case 'attachments':
      return readAttachments(fields);
    case 'repository':
      return readRepository(headers['x-github-event'] ?? 'push', keyOf(headers['x-github-delivery']), fields);
    case 'alert':
      return readAlert(headers, fields);
  }
}

function readAlert(headers: Payload['headers'], fields: Fields): ReadForm {
  const resource = headers['sentry-hook-resource'];
  if (resource !== undefined) return readIssues(resource, keyOf(headers['request-id']), fields);
  return Array.isArray(fields.alerts) ? readAlerts(fields) : readUptime(fields);
}

function readOwn(body: unknown): ReadForm {
  const read = own.safeParse(body);
  if (!read.success) {
    const { field, say } = issueOf(read.error);
    return { ok: false, say: `${field ?? 'The body'} ${say}.` };
  }
  const { text, name, avatarUrl, key } = read.data;
  return { ok: true, post: { rich: parseMarkup(text), name, avatarUrl, key } };
}

function keyOf(header: string | undefined): string | null {
  return header !== undefined && /^[A-Za-z0-9_-]{8,64}$/.test(header) ? header : null;
}
