import type { WireChatMessage } from '../../../core/domain/wire.ts';
import type { RowCan, RowDeeds } from '../state/row-deeds.ts';
import { t } from '../words.ts';
import { Icon, type IconName } from './icons.tsx';

export interface RowAction {
  readonly icon: IconName;
  readonly label: string;
  /** What to know before; empty: nothing. */
  readonly note: string;
  readonly isDanger: boolean;
  /** Beside the row; the others are in the list of all. */
  readonly isNear: boolean;
  readonly run: () => void;
}

type More = Partial<Pick<RowAction, 'note' | 'isDanger' | 'isNear'>>;

/** What can be done with a message, in the order of the menu. */
export function actionsOf(message: WireChatMessage, can: RowCan, deeds: RowDeeds): readonly RowAction[] {
  const found: RowAction[] = [];
  const add = (isThere: boolean, icon: IconName, label: string, run: () => void, more: More = {}): void => {
    if (isThere) found.push({ icon, label, run, note: '', isDanger: false, isNear: true, ...more });
  };
  const far: More = { isNear: false };
  add(can.react, 'smile', t('React'), () => deeds.pickReaction(message), { note: deeds.cannot('react') });
  add(can.reply, 'reply', t('Reply'), () => deeds.reply(message));
  add(can.edit, 'pencil', t('Edit'), () => deeds.edit(message), { note: deeds.cannot('edit') });
  add(can.mute, 'eye', t('Mute'), () => deeds.mute(message), far);
  add(true, 'link', t('Copy link'), () => deeds.copyLink(message), far);
  add(can.report, 'alert', t('Report'), () => deeds.report(message), far);
  add(can.mark, 'check', t('Pictures are safe'), () => deeds.mark(message, 'safe'), far);
  add(can.mark, 'eye', t('Pictures are NSFW'), () => deeds.mark(message, 'nsfw'), far);
  add(can.remove, 'bin', t('Delete'), () => deeds.remove(message), { note: deeds.cannot('redact'), isDanger: true });
  return found;
}

export function RowActions(props: {
  readonly message: WireChatMessage;
  readonly can: RowCan;
  readonly deeds: RowDeeds;
}) {
  const { message, can, deeds } = props;
  const near = actionsOf(message, can, deeds).filter(({ isNear }) => isNear);
  return (
    <div class="actions" role="toolbar" aria-label={t('Message actions')}>
      {near.map(({ icon, label, note, isDanger, run }) => (
        <button
          key={label}
          type="button"
          class={isDanger ? 'icon-button danger' : 'icon-button'}
          aria-label={label}
          title={note === '' ? label : `${label}. ${note}`}
          onClick={run}
        >
          <Icon name={icon} size={17} />
        </button>
      ))}
      <button
        type="button"
        class="icon-button"
        aria-label={t('More')}
        title={t('More')}
        onClick={() => deeds.more(message)}
      >
        <Icon name="more" size={17} />
      </button>
    </div>
  );
}
