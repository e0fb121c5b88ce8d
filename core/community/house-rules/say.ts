import type { HouseRules } from '../../domain/house-rules.ts';
import type { Operations } from '../../plugin/operations.ts';
import { fittingLength, measure } from '../../relay/measure.ts';

type PostLimits = Pick<Operations['post'][2], 'text' | 'unit'>;

/** What a room is told, as much of the rules as fits; by reply or reaction anybody can accept. */
export function roomText(
  { text }: HouseRules,
  prefix: string,
  must: boolean,
  canReact: boolean,
  limits: PostLimits,
): string {
  const how = `${prefix}accept${canReact ? ' or 👍 here' : ''}`;
  const end = must ? `Accept them by ${how}; what you write is posted then.` : `Accept them by ${how}.`;
  return around('Rules of this chat: ', text, ` — ${end}`, `… (${prefix}rules)`, limits);
}

/** What one person is told alone. */
export function privateText(
  { text }: HouseRules,
  name: string,
  must: boolean,
  hasButton: boolean,
  most: number,
): string {
  const how = hasButton ? 'press the button, or write !accept here' : 'react with 👍, or write !accept here';
  const why = must ? ' What you write there is posted once you have accepted them.' : '';
  return around(`Rules of ${name}:\n\n`, text, `\n\nTo accept them, ${how}.${why}`, '…', { text: most, unit: 'utf16' });
}

/** What is answered to whoever asks for them. */
export function answerText(text: string, state: string, limits: PostLimits | null): string {
  return limits === null ? `${text}\n\n${state}` : around('', text, ` — ${state}`, '…', limits);
}

/** Cuts the text in the middle, never what is said around it. */
function around(before: string, text: string, after: string, cut: string, { text: most, unit }: PostLimits): string {
  const whole = `${before}${text}${after}`;
  if (measure(whole, unit) <= most) return whole;
  const left = most - measure(`${before}${cut}${after}`, unit);
  return left <= 0
    ? whole.slice(0, fittingLength(whole, most, unit))
    : `${before}${head(text, left, unit)}${cut}${after}`;
}

const head = (text: string, most: number, unit: PostLimits['unit']): string =>
  text.slice(0, fittingLength(text, most, unit)).trimEnd();
