import type { z } from 'zod';

/** The first thing that is wrong with what somebody sent, without repeating any value. */
export interface Issue {
  /** Null: the whole. */
  readonly field: string | null;
  /** What stands behind the name of the field. */
  readonly say: string;
}

export function issueOf(error: z.core.$ZodError): Issue {
  const [issue] = error.issues;
  return { field: issue === undefined ? null : fieldOf(issue), say: problemOf(issue) };
}

function fieldOf(issue: z.core.$ZodIssue): string | null {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  return path.length === 0 ? null : path.map(String).join('.').slice(0, 80);
}

function problemOf(issue: z.core.$ZodIssue | undefined): string {
  switch (issue?.code) {
    case 'invalid_type':
      return `must be ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`;
    case 'too_small':
      return `must be at least ${issue.minimum}${issue.origin === 'string' ? ' characters' : ''}`;
    case 'unrecognized_keys':
      return 'is not a field here';
    case 'invalid_union':
      return 'is not of a kind that the hub knows';
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'invalid_format':
      return issue.pattern === undefined ? 'is not well formed' : `must match ${issue.pattern}`;
    default:
      return 'is not well formed';
  }
}
