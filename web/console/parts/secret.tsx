import { useEffect, useRef } from 'preact/hooks';
import { toast } from '../../chat/state/toast.ts';

interface Props {
  /** What it is, such as "Webhook URL". */
  readonly label: string;
  readonly secret: string;
  /** What to do with it. */
  readonly hint: string;
  readonly onDone: () => void;
}

/** A secret, shown this once: with a button that copies it, and one that puts it away. */
export function Secret({ label, secret, hint, onDone }: Props) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [secret]);
  return (
    <section class="card secret" aria-label={label}>
      <label class="field">
        <span>{label}</span>
        <input
          ref={field}
          class="input mono"
          readOnly
          autocomplete="off"
          value={secret}
          onFocus={(event) => event.currentTarget.select()}
        />
        <span class="hint">{hint} It is not shown again.</span>
      </label>
      <div class="acts">
        <button type="button" class="button primary" onClick={() => void copy(secret, label)}>
          Copy
        </button>
        <button type="button" class="button" onClick={onDone}>
          I have kept it
        </button>
      </div>
    </section>
  );
}

/** Browsers may refuse it; what is to be copied can be marked by hand then. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what}: copied.`);
  } catch {
    toast('This browser does not let the page copy: mark it and copy it yourself.');
  }
}
