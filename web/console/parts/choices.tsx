/** One of a few, as a row of buttons. */
export function Choices<Id extends string | null>(props: {
  readonly label: string;
  readonly of: readonly { readonly id: Id; readonly label: string }[];
  readonly chosen: Id;
  readonly onChoose: (id: Id) => void;
}) {
  return (
    <fieldset class="choice-row" aria-label={props.label}>
      {props.of.map(({ id, label }) => (
        <button key={id ?? ''} type="button" aria-pressed={props.chosen === id} onClick={() => props.onChoose(id)}>
          {label}
        </button>
      ))}
    </fieldset>
  );
}
