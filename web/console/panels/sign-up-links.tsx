import { useState } from 'preact/hooks';
import type { Client } from '../../../client/index.ts';
import { toast } from '../../chat/state/toast.ts';
import { act, useAsked } from '../asked.ts';
import { Secret } from '../parts/secret.tsx';
import { When } from '../parts/when.tsx';

const MODES = {
  open: 'Everybody may make an account now; a link is needed only when that changes.',
  invite: 'People need a link to make an account.',
  closed: 'Nobody may make an account now, with a link either.',
} as const;
const HOURS = [
  [24, 'a day'],
  [72, 'three days'],
  [168, 'a week'],
  [720, 'thirty days'],
] as const;

/** Links by which one person each may sign up. */
export function SignUpLinks({ client }: { readonly client: Client }) {
  const { value, say, reload } = useAsked(client, 'sign-up-links', {});
  const [made, setMade] = useState<string | null>(null);
  const [hours, setHours] = useState(72);

  async function make(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const answer = await act(client, 'make-sign-up-link', { hours });
    if (answer === null) return;
    setMade(answer.url ?? new URL(answer.path, location.origin).href);
    reload();
  }
  async function end(id: string): Promise<void> {
    if ((await act(client, 'end-sign-up-link', { id })) !== null) toast('The link is good for nothing any more.');
    reload();
  }

  return (
    <section class="card" aria-labelledby="sign-up-links">
      <h3 id="sign-up-links">Invitations</h3>
      {value !== null && <p class="soft">{MODES[value.mode]}</p>}
      {made !== null && (
        <Secret
          label="Invitation"
          secret={made}
          hint="One person can make an account with it."
          onDone={() => setMade(null)}
        />
      )}
      {say !== null && <p class="problem">{say}</p>}
      <ul class="lines">
        {value?.links.map((link, at) => (
          <li key={link.id}>
            <p>
              Made <When at={link.madeAt} />, good until <When at={link.expiresAt} />
            </p>
            <button type="button" class="button" onClick={() => void end(link.id)}>
              End it<span class="sr">, invitation {at + 1}</span>
            </button>
          </li>
        ))}
      </ul>
      <form class="form-row" onSubmit={(event) => void make(event)}>
        <label class="field">
          <span>Good for</span>
          <select class="input" value={hours} onChange={(event) => setHours(Number(event.currentTarget.value))}>
            {HOURS.map(([value_, words]) => (
              <option key={value_} value={value_}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="button primary" disabled={value?.mode === 'closed'}>
          Invite somebody
        </button>
      </form>
    </section>
  );
}
