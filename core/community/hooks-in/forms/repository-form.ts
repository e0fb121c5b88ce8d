import type { Rich, RichNode } from '../../../domain/content.ts';
import {
  bold,
  type Fields,
  fieldsOf,
  firstLine,
  lines,
  linked,
  NOTHING_TO_SAY,
  plain,
  type ReadForm,
  textOf,
  urlOf,
} from './form.ts';

/** What a forge tells of a repository, in the shape of GitHub. @param event the header `X-GitHub-Event` */
export function readRepository(event: string, delivery: string | null, body: Fields): ReadForm {
  const rich = event === 'ping' ? null : said(event, body);
  if (rich === null) return NOTHING_TO_SAY;
  const name = textOf(fieldsOf(body.repository).full_name);
  const head: Rich = name === null ? [] : [bold(name), plain(' ')];
  return { ok: true, post: { rich: [...head, ...rich], name: null, avatarUrl: null, key: delivery } };
}

const MOST_COMMITS = 5;

/** Null: nothing that people would want to read. */
function said(event: string, body: Fields): Rich | null {
  const who = textOf(fieldsOf(body.sender).login) ?? 'Somebody';
  const action = textOf(body.action)?.replaceAll('_', ' ') ?? null;
  switch (event) {
    case 'push':
      return push(who, body);
    case 'issues':
      return numbered(who, action, 'issue', fieldsOf(body.issue));
    case 'pull_request': {
      const request = fieldsOf(body.pull_request);
      return numbered(who, action === 'closed' && request.merged === true ? 'merged' : action, 'pull request', request);
    }
    case 'issue_comment':
    case 'pull_request_review_comment':
    case 'commit_comment':
      return comment(who, fieldsOf(body.issue ?? body.pull_request), fieldsOf(body.comment));
    case 'pull_request_review':
      return comment(who, fieldsOf(body.pull_request), fieldsOf(body.review));
    case 'release': {
      const release = fieldsOf(body.release);
      const name = textOf(release.name) ?? textOf(release.tag_name) ?? 'a release';
      return [plain(`${who} ${action ?? 'published'} `), linked(firstLine(name), urlOf(release.html_url))];
    }
    case 'workflow_run':
      return workflow(fieldsOf(body.workflow_run));
    case 'create':
    case 'delete': {
      const kind = textOf(body.ref_type) ?? 'ref';
      return [plain(`${who} ${event}d ${kind} ${textOf(body.ref) ?? ''}`.trim())];
    }
    default:
      return [plain(`${who}: ${event.replaceAll('_', ' ')}${action === null ? '' : ` ${action}`}`)];
  }
}

function push(who: string, body: Fields): Rich | null {
  const commits = Array.isArray(body.commits) ? body.commits.map(fieldsOf) : [];
  const branch = (textOf(body.ref) ?? '').replace(/^refs\/(heads|tags)\//, '');
  if (commits.length === 0)
    return body.deleted === true || body.created === true ? null : [plain(`${who} pushed to ${branch}`)];
  const count = commits.length === 1 ? '1 commit' : `${commits.length} commits`;
  const head: Rich = [plain(`${who} pushed `), linked(count, urlOf(body.compare)), plain(` to ${branch}`)];
  const shown = commits.slice(0, MOST_COMMITS).map((commit): Rich => {
    const id = (textOf(commit.id) ?? '').slice(0, 7);
    return [linked(id, urlOf(commit.url)), plain(` ${firstLine(textOf(commit.message) ?? '')}`)];
  });
  const more = commits.length - shown.length;
  return lines([head, ...shown, more > 0 ? [plain(`and ${more} more`)] : null]);
}

function numbered(who: string, action: string | null, kind: string, of: Fields): Rich {
  const title = firstLine(textOf(of.title) ?? '');
  return [
    plain(`${who} ${action ?? 'changed'} ${kind} `),
    linked(`#${textOf(of.number) ?? '?'} ${title}`, urlOf(of.html_url)),
  ];
}

function comment(who: string, of: Fields, comment: Fields): Rich {
  const state = textOf(comment.state)?.replaceAll('_', ' ');
  const number = textOf(of.number);
  const where: RichNode = linked(
    number === null ? 'a commit' : `#${number} ${firstLine(textOf(of.title) ?? '')}`,
    urlOf(comment.html_url),
  );
  const body = textOf(comment.body);
  const verb = state === undefined || state === 'commented' ? 'commented on' : `reviewed (${state})`;
  return lines([
    [plain(`${who} ${verb} `), where],
    body === null ? null : [{ t: 'quote', children: [plain(firstLine(body, 500))] }],
  ]);
}

/** Of runs it is told how they ended. */
function workflow(run: Fields): Rich | null {
  const conclusion = textOf(run.conclusion);
  if (conclusion === null) return null;
  const name = `${textOf(run.name) ?? 'A workflow'} #${textOf(run.run_number) ?? '?'}`;
  const branch = textOf(run.head_branch);
  return [
    linked(name, urlOf(run.html_url)),
    plain(`${branch === null ? '' : ` on ${branch}`}: ${conclusion.replaceAll('_', ' ')}`),
  ];
}
