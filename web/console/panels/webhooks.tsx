import { isAtLeast } from '../hub.ts';
import type { PanelProps } from '../panel.ts';
import '../parts/admin.css';
import { HooksIn } from './hooks-in.tsx';
import { HooksOut } from './hooks-out.tsx';

/** Programs that post here, and programs that are told what happens here. */
export function WebhooksPanel(props: PanelProps) {
  return (
    <>
      {isAtLeast(props.channel, 'dj') && <HooksIn {...props} />}
      <HooksOut {...props} />
    </>
  );
}
