import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { toast } from '../state/toast.ts';
import { t } from '../words.ts';

/** A part of the page that is fetched when it is first shown. */
export function lazy<Props extends object>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null;
  return function Lazy(props: Props) {
    const isReady = useSignal(loaded !== null);
    useEffect(() => {
      if (loaded !== null) return;
      void load().then(
        (module) => {
          loaded = module.default;
          isReady.value = true;
        },
        () => toast(t('That part of the page could not be loaded. Reload to try again.')),
      );
    }, [isReady]);
    const Loaded = loaded;
    return isReady.value && Loaded !== null ? <Loaded {...props} /> : null;
  };
}
