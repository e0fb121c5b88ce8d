import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf } from '../../config/env.ts';
import { CliError, EXIT } from './parts.ts';

/** Of this package: from the sources two folders up, from the built files three. */
const PACKAGE_ROOT = join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? '../..' : '../../..');
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAX_NAME = 24;

export interface NewBridge {
  readonly name: string;
  /** Where to put it; null: a folder of its name in the current one. */
  readonly folder: string | null;
  /** Names of bridges that there are already. */
  readonly taken: readonly string[];
  /** Folder of this package; another one in tests. */
  readonly packageRoot?: string;
  readonly version: string;
}

/** Writes a package for a bridge that builds and passes the contract kit as it stands. @returns what to tell @throws {CliError} */
export function makeBridge({ packageRoot = PACKAGE_ROOT, ...options }: NewBridge): string {
  const { name, version } = options;
  checkName(options);
  const template = join(packageRoot, 'docs/bridge-template');
  if (!existsSync(template)) throw new CliError(`The template is missing: ${template}. Install slipmat-hub again.`);
  const target = resolve(options.folder ?? `hub-bridge-${name}`);
  checkFolder(target);
  try {
    const fill = filler(name, version, packageRoot);
    for (const file of filesOf(template)) copyFile(join(template, file), join(target, renamed(file)), fill);
  } catch (error) {
    throw new CliError(`${target} cannot be written (${codeOf(error)}).`);
  }
  return `Made ${target}.\n\n  cd ${target}\n  npm install\n  npm run build\n  npm test\n\nThen make it yours: docs/writing-a-bridge.md\n${sourceHint(packageRoot)}`;
}

function checkName({ name, taken }: NewBridge): void {
  if (!NAME.test(name) || name.length > MAX_NAME) {
    const rule = `lower-case letters, digits and single dashes, beginning with a letter, at most ${MAX_NAME} characters`;
    throw new CliError(`A bridge's name is made of ${rule}: fizz, fizz-chat.`, EXIT.usage);
  }
  if (taken.includes(name)) throw new CliError(`There is a bridge ${name} in the hub already.`, EXIT.usage);
}

/** Nothing is ever overwritten. */
function checkFolder(target: string): void {
  let found: readonly string[];
  try {
    found = readdirSync(target);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw new CliError(`${target} cannot be used (${codeOf(error)}). Give another with --dir.`, EXIT.usage);
  }
  if (found.length > 0) throw new CliError(`${target} is not empty. Give another with --dir.`, EXIT.usage);
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

/** npm leaves files of that name out of packages, so the template has it under another. */
function renamed(file: string): string {
  return basename(file) === 'gitignore' ? join(dirname(file), '.gitignore') : file;
}

function copyFile(from: string, to: string, fill: (text: string) => string): void {
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, fill(readFileSync(from, 'utf8')), { flag: 'wx' });
}

function filler(name: string, version: string, packageRoot: string): (text: string) => string {
  const words = name.split('-');
  const title = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
  const identifier = title.slice(0, 1).toLowerCase() + title.slice(1);
  const range = `^${version}`;
  return (text) =>
    text
      .replaceAll('HUB_RANGE', range)
      .replaceAll('HUB_SPEC', isCheckout(packageRoot) ? `file:${packageRoot}` : range)
      .replaceAll('acmeConfig', `${identifier}Config`)
      .replaceAll('acme', name)
      .replaceAll('Acme', title);
}

function isCheckout(packageRoot: string): boolean {
  return existsSync(join(packageRoot, 'core/main.ts'));
}

/** A bridge loads what was built of the hub. */
function sourceHint(packageRoot: string): string {
  if (!isCheckout(packageRoot) || existsSync(join(packageRoot, 'dist/core/plugin/index.js'))) return '';
  return `\nBefore that, build the hub once: npm run build in ${packageRoot}\n`;
}
