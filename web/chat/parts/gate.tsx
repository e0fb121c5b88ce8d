import { useSignal } from '@preact/signals';
import type { TargetedInputEvent, TargetedSubmitEvent } from 'preact';
import type { Route } from '../route.ts';
import { enter, type HubConfig, type SignedIn } from '../state/api.ts';
import { t, word } from '../words.ts';
import { Icon, Mark } from './icons.tsx';

interface Props {
  readonly config: HubConfig;
  readonly secret: Route['secret'];
  /** Why one stands here again, such as a session that has ended. */
  readonly note: string | null;
  readonly onEnter: (signedIn: SignedIn) => void;
  /** Null where nobody is let in without signing in. */
  readonly onLeave: WayOut | null;
}
export interface WayOut {
  readonly label: string;
  readonly run: () => void;
}

type Way = 'sign-in' | 'sign-up' | 'claim';
const TITLES: Readonly<Record<Way, string>> = {
  'sign-in': word('Sign in'),
  'sign-up': word('Create your account'),
  claim: word('Become the administrator'),
};
const SUBMITS: Readonly<Record<Way, string>> = {
  'sign-in': word('Sign in'),
  'sign-up': word('Create account'),
  claim: word('Create account'),
};
const MIN_PASSWORD = 10;

/** The door: sign in, sign up, an invitation, or the one-time link of the first administrator. */
export default function Gate({ config, secret, note, onEnter, onLeave }: Props) {
  const way = useSignal<Way>(secret === null ? 'sign-in' : secret.kind === 'claim' ? 'claim' : 'sign-up');
  const name = useSignal('');
  const password = useSignal('');
  const problem = useSignal<{ readonly say: string; readonly field: string | null } | null>(null);
  const isBusy = useSignal(false);
  const canSignUp = config.signUp === 'open' || secret?.kind === 'invite';

  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (isBusy.value) return;
    isBusy.value = true;
    const form = event.currentTarget;
    const answer = await enter(way.value, {
      name: name.value.trim(),
      password: password.value,
      ...(secret !== null && way.value !== 'sign-in' ? { [secret.kind]: secret.text } : {}),
    });
    isBusy.value = false;
    if (answer.ok) return onEnter(answer.value);
    problem.value = answer;
    const atFault = answer.field === null ? null : form.elements.namedItem(answer.field);
    if (atFault instanceof HTMLInputElement) atFault.focus();
  };
  const change = (next: Way): void => {
    way.value = next;
    problem.value = null;
  };

  return (
    <main class="gate">
      <div class="gate-card">
        <div class="gate-brand">
          <Mark size={40} />
          {t('Slipmat')}
        </div>
        <form onSubmit={(event) => void submit(event)}>
          <h1>{t(TITLES[way.value])}</h1>
          {note !== null && <p class="gate-note">{note}</p>}
          {way.value === 'claim' && <p class="gate-note">{t('This link works once. Choose how you will sign in.')}</p>}
          {secret?.kind === 'invite' && way.value === 'sign-up' && (
            <p class="gate-note">{t('You have been invited.')}</p>
          )}
          {secret === null && config.needsAdmin && (
            <p class="gate-note">
              {t(
                'This hub has no administrator yet. Open the link that it printed when it started to become the first.',
              )}
            </p>
          )}
          <label class="field">
            <span>{t('Name')}</span>
            <input
              class="input"
              name="name"
              autocomplete="username"
              autocapitalize="none"
              spellcheck={false}
              required
              minLength={2}
              maxLength={32}
              value={name.value}
              aria-invalid={problem.value?.field === 'name'}
              aria-describedby={problem.value?.field === 'name' ? 'gate-problem' : ''}
              onInput={(event) => {
                name.value = event.currentTarget.value;
              }}
            />
          </label>
          <PasswordField
            isNew={way.value !== 'sign-in'}
            isWrong={problem.value?.field === 'password'}
            value={password.value}
            onInput={(value) => {
              password.value = value;
            }}
          />
          <div id="gate-problem" role="alert" class="problem">
            {problem.value?.say}
          </div>
          <button type="submit" class="button primary" disabled={isBusy.value}>
            {t(SUBMITS[way.value])}
          </button>
        </form>
        <div class="gate-links">
          {canSignUp && way.value === 'sign-in' && (
            <button type="button" class="link" onClick={() => change('sign-up')}>
              {t('Create an account')}
            </button>
          )}
          {way.value !== 'sign-in' && (
            <button type="button" class="link" onClick={() => change('sign-in')}>
              {t('I have an account')}
            </button>
          )}
          {onLeave !== null && (
            <button type="button" class="link" onClick={onLeave.run}>
              {onLeave.label}
            </button>
          )}
        </div>
      </div>
    </main>
  );
}

function PasswordField(props: {
  readonly isNew: boolean;
  readonly isWrong: boolean;
  readonly value: string;
  readonly onInput: (value: string) => void;
}) {
  const isShown = useSignal(false);
  const field = {
    id: 'password',
    class: 'input',
    name: 'password',
    autocomplete: props.isNew ? 'new-password' : 'current-password',
    required: true,
    minLength: props.isNew ? MIN_PASSWORD : 1,
    maxLength: 200,
    value: props.value,
    'aria-invalid': props.isWrong,
    'aria-describedby': props.isNew ? 'password-hint' : '',
    onInput: (event: TargetedInputEvent<HTMLInputElement>) => props.onInput(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for="password">
        <b>{t('Password')}</b>
      </label>
      <div class="password">
        {isShown.value ? <input {...field} type="text" /> : <input {...field} type="password" />}
        <button
          type="button"
          class="icon-button"
          aria-label={t('Show the password')}
          aria-pressed={isShown.value}
          onClick={() => {
            isShown.value = !isShown.value;
          }}
        >
          <Icon name="eye" />
        </button>
      </div>
      {props.isNew && (
        <span id="password-hint" class="hint">
          {t('At least {n} characters', { n: MIN_PASSWORD })}
        </span>
      )}
    </div>
  );
}
