import type { WireChatMessage } from '../../../core/domain/wire.ts';
import type { RowCan, RowDeeds } from '../state/row-deeds.ts';
import { t } from '../words.ts';
import { Icon, type IconName } from './icons.tsx';

export interface RowAction {
  readonly icon: IconName;
  readonly label: string;
  readonly isDanger: boolean;
  readonly run: () => void;
}

/** What can be done with a message, in the order of the menu. */
export function actionsOf(message: WireChatMessage, can: RowCan, deeds: RowDeeds): readonly RowAction[] {
  const action = (icon: IconName, label: string, run: () => void, isDanger = false): RowAction => ({
    icon,
    label,
    run,
    isDanger,
  });
  return [
    ...(can.react ? [action('smile', t('React'), () => deeds.pickReaction(message))] : []),
    ...(can.reply ? [action('reply', t('Reply'), () => deeds.reply(message))] : []),
    ...(can.edit ? [action('pencil', t('Edit'), () => deeds.edit(message))] : []),
    ...(can.mute ? [action('eye', t('Mute'), () => deeds.mute(message))] : []),
    action('link', t('Copy link'), () => deeds.copyLink(message)),
    ...(can.remove ? [action('bin', t('Delete'), () => deeds.remove(message), true)] : []),
  ];
}

export function RowActions(props: {
  readonly message: WireChatMessage;
  readonly can: RowCan;
  readonly deeds: RowDeeds;
}) {
  return (
    <div class="actions" role="toolbar" aria-label={t('Message actions')}>
      {actionsOf(props.message, props.can, props.deeds).map(({ icon, label, isDanger, run }) => (
        <button
          key={label}
          type="button"
          class={isDanger ? 'icon-button danger' : 'icon-button'}
          aria-label={label}
          title={label}
          onClick={run}
        >
          <Icon name={icon} size={17} />
        </button>
      ))}
    </div>
  );
}
