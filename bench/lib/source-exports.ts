import { registerHooks } from 'node:module';

/** Examples import the hub's public parts as an installed package; from now on they get the sources here. */
export function exportSources(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const part = /^slipmat-hub\/(plugin|contract)$/.exec(specifier)?.[1];
      return next(
        part === undefined ? specifier : new URL(`../../core/${part}/index.ts`, import.meta.url).href,
        context,
      );
    },
  });
}
