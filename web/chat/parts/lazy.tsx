import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { toast } from '../state/toast.ts';
import { t } from '../words.ts';

/** A part of the page that is fetched when it is first shown. */
export function lazy<Props extends object>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): ComponentType<Props> & { readonly preload: () => void } {
  let loaded: ComponentType<Props> | null = null;
  let loading: Promise<ComponentType<Props>> | null = null;
  /** Loaded once; what could not be loaded is asked for again. */
  const bring = (): Promise<ComponentType<Props>> => {
    loading ??= load().then(
      (module) => {
        loaded = module.default;
        return loaded;
      },
      (error: unknown) => {
        loading = null;
        throw error;
      },
    );
    return loading;
  };
  function Lazy(props: Props) {
    const isReady = useSignal(loaded !== null);
    useEffect(() => {
      // it may have come between being drawn and this
      bring().then(
        () => {
          isReady.value = true;
        },
        () => toast(t('That part of the page could not be loaded. Reload to try again.')),
      );
    }, [isReady]);
    const Loaded = loaded;
    return isReady.value && Loaded !== null ? <Loaded {...props} /> : null;
  }
  // one that fails is told of where it is shown
  const preload = (): void => void bring().catch(() => null);
  return Object.assign(Lazy, { preload });
}
