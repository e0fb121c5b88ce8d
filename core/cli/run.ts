import type { Writable } from 'node:stream';
import { Command, CommanderError } from 'commander';
import { codeOf } from '../../config/env.ts';
import { withHub } from './hub-access.ts';
import { CliError, type CliParts, EXIT, readConfig, write } from './parts.ts';
import { choosePassword, passwordLine } from './password.ts';
import { addPortalCommands } from './portal.ts';
import { start } from './start.ts';
import { addTokenCommands } from './token.ts';
import { expectOk, listUsers, userText } from './user.ts';

/** Runs one command; what it alone needs is loaded then. @returns the exit code */
export async function runCli(parts: CliParts): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram(parts, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...parts.argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (codeOf(error) === 'EPIPE') return EXIT.ok;
    if (!(error instanceof CliError)) throw error;
    await write(parts.stderr, `${error.message}\n`);
    return error.exitCode;
  }
}

function createProgram(parts: CliParts, setExit: (code: number) => void): Command {
  const program = new Command('slipmat-hub')
    .description('Links Slipmat chat to Discord, Twitch, Telegram and Matrix.')
    .version(parts.version, '-V, --version', 'print the version')
    .option('-c, --config <file>', 'configuration file (default: the one that CONFIG names)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void parts.stdout.write(text),
      writeErr: (text) => void parts.stderr.write(text),
    })
    .showHelpAfterError('Add --help for help.');
  const file = (): string | undefined => program.opts<{ config?: string }>().config;
  program
    .command('start')
    .description('run the hub until it is stopped')
    .action(async () => setExit(await start(parts, file())));
  program
    .command('doctor')
    .description('check the configuration and all that the hub needs, and say how to mend it')
    .action(async () => setExit(await doctor(parts, file())));
  program
    .command('new-bridge <name>')
    .description('make a package for a bridge to another platform, which builds and passes its tests as it stands')
    .option('--dir <folder>', 'where to put it (default: hub-bridge-NAME)')
    .action(async (name: string, { dir }: { dir?: string }) => {
      const { makeBridge } = await import('./new-bridge.ts');
      const { bridges, surfaces } = parts.builtIns;
      const taken = [...Object.keys(bridges), ...Object.keys(surfaces)];
      return write(parts.stdout, makeBridge({ name, folder: dir ?? null, taken, version: parts.version }));
    });
  program
    .command('registration')
    .description('make the file by which a homeserver knows the hub; its secrets are made once and kept')
    .option('--bridge <id>', 'of which bridge')
    .option('--out <file>', 'where to write it (default: where the bridge looks for it)')
    .action(async (wish: { bridge?: string; out?: string }) => {
      const { bridge, out } = wish;
      const { register } = await import('./registration.ts');
      await write(parts.stdout, await register({ bridge, out }, await readConfig(parts, file()), parts));
    });
  program
    .command('version')
    .description('print the version')
    .action(() => write(parts.stdout, `${parts.version}\n`));
  addUserCommands(program.command('user').description('people with an account here'), parts, file);
  addPortalCommands(program.command('portal').description('links of channels with rooms'), parts, file);
  addTokenCommands(program.command('token').description('tokens for programs'), parts, file);
  addDataCommands(program, parts, file);
  return program;
}

async function doctor(parts: CliParts, file: string | undefined): Promise<number> {
  const [{ examine }, { findingText }] = await Promise.all([import('./doctor.ts'), import('./finding.ts')]);
  const findings = await examine(await readConfig(parts, file), parts.webRoot, parts.builtIns);
  await write(parts.stdout, findingText({ level: 'ok', what: 'The configuration is well formed.' }));
  await write(parts.stdout, findings.map(findingText).join(''));
  return findings.some(({ level }) => level === 'fail') ? EXIT.failed : EXIT.ok;
}

type File = () => string | undefined;

function addUserCommands(user: Command, parts: CliParts, file: File): void {
  const print = (text: string): Promise<void> => write(parts.stdout, text);
  user
    .command('add <name>')
    .description('make an account; asks for the password at a terminal, else makes one and shows it')
    .option('--password-stdin', 'read the password from standard input')
    .action(async (name: string, options: { passwordStdin?: boolean }) => {
      const password = await choosePassword(parts, options.passwordStdin ?? false);
      await withHub(parts, file(), async (hub) => {
        const made = expectOk(await hub.call('user-add', { name, password: password.password }));
        await print(`Made ${made.name}.\n${passwordLine(made.name, password)}`);
      });
    });
  user
    .command('list')
    .description('list all accounts')
    .option('--json', 'as JSON lines')
    .action((options: { json?: boolean }) =>
      withHub(parts, file(), async (hub) => {
        for await (const line of listUsers(hub))
          await print(`${options.json ? JSON.stringify(line) : userText(line)}\n`);
      }),
    );
  user
    .command('role <name> <role>')
    .description('make somebody an admin, dj, moderator or listener')
    .option('--channel <id>', 'of which channel (moderator, listener)')
    .action((name: string, role: string, options: { channel?: string }) =>
      withHub(parts, file(), async (hub) => {
        const channel = options.channel ?? null;
        const { say } = expectOk(await hub.call('user-role', { name, role: parseRole(role), channel }));
        await print(`${say}\n`);
      }),
    );
  user
    .command('password <name>')
    .description('set a password and end all sessions of the account')
    .option('--password-stdin', 'read the password from standard input')
    .action(async (name: string, options: { passwordStdin?: boolean }) => {
      const password = await choosePassword(parts, options.passwordStdin ?? false);
      await withHub(parts, file(), async (hub) => {
        const changed = expectOk(await hub.call('user-password', { name, password: password.password }));
        await print(passwordLine(changed.name, password));
      });
    });
  for (const [command, isEnabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    user
      .command(`${command} <name>`)
      .description(
        isEnabled ? 'let a disabled account in again' : 'end all sessions of an account and let it in no more',
      )
      .action((name: string) =>
        withHub(parts, file(), async (hub) => {
          const changed = expectOk(await hub.call('user-enabled', { name, isEnabled }));
          await print(`${changed.name} is ${command}d now.\n`);
        }),
      );
  }
  user
    .command('erase <who>')
    .description('forget somebody: messages, their copies, accounts and all else; a name here, or the id of a user')
    .option('--yes', 'it cannot be undone, and is meant')
    .action((who: string, options: { yes?: boolean }) => {
      if (options.yes !== true) throw new CliError('This cannot be undone. Add --yes to do it.', EXIT.usage);
      return withHub(parts, file(), async (hub) => {
        const { name } = expectOk(await hub.call('user-erase', { who }));
        await print(`${name} is being forgotten; it goes on by itself.\n`);
      });
    });
  user
    .command('invite')
    .description('make a link with which one person may sign up')
    .option('--hours <n>', 'how long it lasts', '72')
    .action((options: { hours: string }) =>
      withHub(parts, file(), async (hub) => {
        const { url } = expectOk(await hub.call('user-invite', { hours: parseHours(options.hours) }));
        await print(`This link works once, within ${options.hours} hours:\n\n  ${url}\n`);
      }),
    );
}

function addDataCommands(program: Command, parts: CliParts, file: File): void {
  program
    .command('backup <file>')
    .description('copy the database to a new file while the hub runs')
    .action((target: string) =>
      withHub(parts, file(), async (hub) => {
        const { backup } = await import('./data.ts');
        await write(parts.stdout, await backup(hub, target));
      }),
    );
  program
    .command('export [file]')
    .description('write all messages as JSON lines, oldest first; to standard output without a file')
    .option('--user <who>', 'instead all that is kept of one person: a name here, or the id of a user')
    .action((target: string | undefined, { user }: { user?: string }) =>
      withHub(parts, file(), async (hub) => {
        const { createPrivateFile, exportMessages, exportPerson } = await import('./data.ts');
        const all = (out: Writable) => (user === undefined ? exportMessages(hub, out) : exportPerson(hub, user, out));
        if (target === undefined) return void (await all(parts.stdout));
        const out = createPrivateFile(target);
        const count = await all(out);
        await new Promise<void>((resolve) => out.end(resolve));
        await write(parts.stdout, `Wrote ${count} ${user === undefined ? 'messages' : 'lines'} to ${target}.\n`);
      }),
    );
}

const ROLES = ['admin', 'dj', 'moderator', 'listener'] as const;

function parseRole(text: string): (typeof ROLES)[number] {
  const role = ROLES.find((known) => known === text.toLowerCase());
  if (role === undefined) throw new CliError(`There is no role ${text}. Known: ${ROLES.join(', ')}.`, EXIT.usage);
  return role;
}

function parseHours(text: string): number {
  const hours = Number(text);
  if (Number.isInteger(hours) && hours >= 1 && hours <= 720) return hours;
  throw new CliError('--hours must be a whole number from 1 to 720.', EXIT.usage);
}
