import { digestOf } from '../../../async/mint.ts';
import type { Rich } from '../../../domain/content.ts';
import { parseMarkup } from '../../../plugin/markup/parse.ts';
import {
  bold,
  type Fields,
  fieldsOf,
  firstLine,
  lines,
  linked,
  listOf,
  plain,
  type ReadForm,
  textOf,
  urlOf,
} from './form.ts';

const MOST_ALERTS = 8;

/** What Alertmanager and Grafana tell: alerts that fire or are over. */
export function readAlerts(body: Fields): ReadForm {
  const alerts = listOf(body.alerts);
  const status = (textOf(body.status) ?? 'firing').toUpperCase();
  const title = textOf(body.title) ?? nameOf(body, alerts);
  const message = textOf(body.message);
  const page = urlOf(body.externalURL);
  const more = alerts.length - MOST_ALERTS;
  const rich = lines([
    [{ t: 'bold', children: [linked(firstLine(title.startsWith('[') ? title : `[${status}] ${title}`), page)] }],
    ...(message === null ? alerts.slice(0, MOST_ALERTS).map(alertLine) : [[plain(message)]]),
    message === null && more > 0 ? [plain(`and ${more} more`)] : null,
  ]);
  return { ok: true, post: { rich, name: null, avatarUrl: null, key: keyOf(alerts) } };
}

function nameOf(body: Fields, alerts: readonly Fields[]): string {
  const common = textOf(fieldsOf(body.commonLabels).alertname) ?? textOf(fieldsOf(body.groupLabels).alertname);
  const [first] = alerts;
  return common ?? textOf(fieldsOf(first?.labels).alertname) ?? 'alert';
}

function alertLine(alert: Fields): Rich {
  const labels = fieldsOf(alert.labels);
  const notes = fieldsOf(alert.annotations);
  const what = textOf(notes.summary) ?? textOf(notes.description) ?? textOf(labels.alertname) ?? 'alert';
  const where = textOf(labels.instance);
  const severity = textOf(labels.severity);
  const marks = [where, severity].filter((mark) => mark !== null).join(', ');
  return [
    plain(alert.status === 'resolved' ? '✓ ' : '• '),
    linked(firstLine(what), urlOf(alert.generatorURL)),
    plain(marks === '' ? '' : ` (${marks})`),
  ];
}

/** The same alerts in the same state are told once, however often they are sent. */
function keyOf(alerts: readonly Fields[]): string | null {
  const known = alerts.flatMap(({ fingerprint, status, startsAt }) => {
    const print = textOf(fingerprint);
    return print === null ? [] : [[print, textOf(status), textOf(startsAt)]];
  });
  return known.length === 0 || known.length < alerts.length ? null : digestOf(known);
}

/** What Sentry tells of issues, errors and metrics. @param resource the header `Sentry-Hook-Resource` */
export function readIssues(resource: string, id: string | null, body: Fields): ReadForm {
  const data = fieldsOf(body.data);
  const of = fieldsOf(data.issue ?? data.event ?? data.metric_alert ?? data.error ?? data.comment);
  const title = textOf(data.description_title) ?? textOf(of.title) ?? textOf(of.message) ?? 'an issue';
  const url = urlOf(data.web_url) ?? urlOf(of.web_url) ?? urlOf(of.permalink) ?? urlOf(of.issue_url);
  const action = textOf(body.action)?.replaceAll('_', ' ') ?? 'changed';
  const rule = textOf(data.triggered_rule);
  const text = textOf(data.description_text) ?? textOf(of.culprit);
  const rich = lines([
    [bold(`${resource.replaceAll('_', ' ')} ${action}`), plain(': '), linked(firstLine(title), url)],
    text === null ? null : [plain(firstLine(text, 500))],
    rule === null ? null : [plain(`rule: ${rule}`)],
  ]);
  return { ok: true, post: { rich, name: null, avatarUrl: null, key: id } };
}

/** What Uptime Kuma tells of what it watches. */
export function readUptime(body: Fields): ReadForm {
  const monitor = fieldsOf(body.monitor);
  const beat = fieldsOf(body.heartbeat);
  const name = textOf(monitor.name);
  const msg = textOf(body.msg);
  if (name === null)
    return { ok: true, post: { rich: parseMarkup(msg ?? ''), name: null, avatarUrl: null, key: null } };
  const state = STATES[String(beat.status)] ?? 'changed';
  const why = textOf(beat.msg);
  const rich: Rich = [
    { t: 'bold', children: [linked(firstLine(name), urlOf(monitor.url))] },
    plain(` is ${state}${why === null ? '' : `: ${firstLine(why)}`}`),
  ];
  return { ok: true, post: { rich, name: null, avatarUrl: null, key: null } };
}

const STATES: Readonly<Record<string, string>> = { 0: 'down', 1: 'up', 2: 'pending', 3: 'in maintenance' };
