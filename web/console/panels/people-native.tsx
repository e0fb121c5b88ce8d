import { toast } from '../../chat/state/toast.ts';
import { act, LIVE_MS, useAsked } from '../asked.ts';
import type { PanelProps } from '../panel.ts';
import { shortTime } from '../time.ts';

/** What was done to people on a platform and stayed there: it can be made to hold everywhere. */
export function NativeActs(props: {
  readonly hub: PanelProps['hub'];
  readonly channel: string;
  readonly onChoose: (user: string) => void;
}) {
  const { client } = props.hub;
  const { value, say, reload } = useAsked(client, 'native-acts', { channel: props.channel }, LIVE_MS);
  async function decide(id: string, as: 'apply-native-act' | 'dismiss-native-act'): Promise<void> {
    const done = await act(client, as, { channel: props.channel, act: id });
    if (done !== null) toast(done.say);
    reload();
  }
  if (say !== null) return <p class="problem">{say}</p>;
  if (value === null) return <p class="soft">Loading…</p>;
  if (value.acts.length === 0) return <p class="none">Nothing was done on a platform alone.</p>;
  return (
    <ul class="lines">
      {value.acts.map((one) => (
        <li key={one.id}>
          <p>
            {one.say}
            <span class="soft effect">{shortTime(one.at)}</span>
          </p>
          <div class="acts">
            <button type="button" class="button" onClick={() => props.onChoose(one.user)}>
              Who is that
            </button>
            <button type="button" class="button" onClick={() => void decide(one.id, 'dismiss-native-act')}>
              Leave it there
            </button>
            <button type="button" class="button" onClick={() => void decide(one.id, 'apply-native-act')}>
              Apply everywhere
            </button>
          </div>
        </li>
      ))}
    </ul>
  );
}
