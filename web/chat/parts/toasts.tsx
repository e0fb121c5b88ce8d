import { spoken } from '../state/announce.ts';
import { dropToast, toasts } from '../state/toast.ts';

/** What has happened, in words: shown for a while, and read out when the reader of the screen has time. */
export function Toasts() {
  return (
    <>
      <div class="toasts" role="status">
        {toasts.value.map(({ id, say, act }) => (
          <p key={id} class="toast">
            {say}
            {act !== null && (
              <button
                type="button"
                onClick={() => {
                  dropToast(id);
                  act.run();
                }}
              >
                {act.label}
              </button>
            )}
          </p>
        ))}
      </div>
      <div class="sr" role="status" aria-live="polite">
        {spoken.value}
      </div>
    </>
  );
}
