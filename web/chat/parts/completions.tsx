import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Candidate } from '../state/completion.ts';
import { t } from '../words.ts';

export const COMPLETIONS_ID = 'completions';
export const optionId = (at: number): string => `completion-${at}`;

/** What the word at the caret may become; the focus stays in the text, which names the chosen one. */
export function Completions(props: {
  readonly found: readonly Candidate[];
  readonly at: number;
  readonly onPick: (candidate: Candidate) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    list.current?.children[props.at]?.scrollIntoView({ block: 'nearest' });
  }, [props.at]);
  return (
    <div ref={list} id={COMPLETIONS_ID} class="completions" role="listbox" aria-label={t('Completions')}>
      {props.found.map((candidate, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: keys are taken in the text field, which keeps the focus.
        <div
          key={candidate.key}
          id={optionId(index)}
          role="option"
          tabIndex={-1}
          aria-selected={index === props.at}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => props.onPick(candidate)}
        >
          <b>{candidate.label}</b>
          {candidate.note !== '' && <span>{candidate.note}</span>}
        </div>
      ))}
    </div>
  );
}
