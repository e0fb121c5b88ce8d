import { useComputed } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { ChannelModel } from '../state/channel-model.ts';
import type { Chat } from '../state/chat.ts';
import { load, save } from '../state/keep.ts';
import { overlay } from '../state/overlay.ts';
import { toast } from '../state/toast.ts';
import { t } from '../words.ts';
import { Dialog } from './dialog.tsx';

interface Props {
  readonly chat: Chat;
  readonly model: ChannelModel;
}
interface Rules {
  readonly version: number;
  readonly text: string;
  readonly mustAccept: boolean;
}

/** Shows the rules of a channel to whoever has not accepted them: once by itself, and in a bar as long as posting needs it. */
export default function HouseRules({ chat, model }: Props) {
  const [rules, setRules] = useState<Rules | null>(null);
  const [isOpen, setOpen] = useState(false);
  const seenAs = `rules-seen ${chat.you.value?.user ?? ''} ${model.id}`;
  // they have changed, or something of one's own waits
  const news = useComputed(() => {
    const { rows, pending } = model.view.value;
    const held = pending.filter(({ status }) => status.kind === 'held').length;
    return `${rows.findLast((row) => row.kind === 'notice' && row.code === 'house-rules')?.seq ?? 0} ${held}`;
  });

  useEffect(() => {
    let isOver = false;
    void chat.client.ask('house-rules', { channel: model.id }).then((answer) => {
      if (isOver || !answer.ok) return;
      const { rules: found, isAccepted, mustAccept } = answer.value;
      setRules(found === null || isAccepted ? null : { version: found.version, text: found.text, mustAccept });
      setOpen(found !== null && !isAccepted && load(seenAs) !== `${found.version}`);
    });
    return () => {
      isOver = true;
    };
  }, [chat, model.id, news.value]);

  if (rules === null) return null;

  const later = (): void => {
    save(seenAs, `${rules.version}`);
    setOpen(false);
  };
  const accept = async (): Promise<void> => {
    const answer = await chat.client.do('accept-house-rules', { channel: model.id, version: rules.version });
    if (!answer.ok) return toast(answer.say);
    setOpen(false);
    setRules(null);
  };

  if (isOpen && overlay.value.kind === 'none') {
    return (
      <Dialog title={t('Rules of this channel')} kind="rules" onClose={later}>
        <p class="rules-text">{rules.text}</p>
        {rules.mustAccept && <p>{t('What you write is posted once you accept them.')}</p>}
        <div class="choices">
          <button type="button" class="button" onClick={later}>
            {t('Later')}
          </button>
          <button type="button" class="button primary" onClick={() => void accept()}>
            {t('Accept')}
          </button>
        </div>
      </Dialog>
    );
  }
  if (!rules.mustAccept) return null;
  return (
    <div class="join-bar">
      <span>{t('What you write is posted once you accept them.')}</span>
      <button type="button" class="button primary" onClick={() => setOpen(true)}>
        {t('Rules of this channel')}
      </button>
    </div>
  );
}
