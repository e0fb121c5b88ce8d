import { useState } from 'preact/hooks';
import { Sure } from './sure.tsx';

const OVERLAPS = [
  [0, 'ends at once'],
  [60, 'is good for another hour'],
  [1_440, 'is good for another day'],
  [10_080, 'is good for another week'],
] as const;

interface Props {
  readonly what: string;
  readonly onRotate: (overlapMinutes: number) => void;
  readonly onClose: () => void;
}

/** A new secret, and how long the old one goes on. */
export function Rotate({ what, onRotate, onClose }: Props) {
  const [minutes, setMinutes] = useState(60);
  return (
    <Sure title={`A new secret for ${what}`} act="Make it" onYes={() => onRotate(minutes)} onClose={onClose}>
      <label class="field">
        <span>The old one</span>
        <select class="input" value={minutes} onChange={(event) => setMinutes(Number(event.currentTarget.value))}>
          {OVERLAPS.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </Sure>
  );
}
