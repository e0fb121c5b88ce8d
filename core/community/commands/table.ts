import type { CommandSpec } from '../../plugin/commands.ts';
import { accept } from './accept.ts';
import { apply } from './apply.ts';
import { appoint } from './appoint.ts';
import { ban } from './ban.ts';
import { block } from './block.ts';
import { bridge } from './bridge.ts';
import type { Command } from './command.ts';
import { crew } from './crew.ts';
import { dismiss } from './dismiss.ts';
import { erase } from './erase.ts';
import { help } from './help.ts';
import { join } from './join.ts';
import { karma } from './karma.ts';
import { leave } from './leave.ts';
import { link } from './link.ts';
import { live } from './live.ts';
import { nsfw, safe } from './mark-picture.ts';
import { msg } from './msg.ts';
import { mute } from './mute.ts';
import { mydata } from './mydata.ts';
import { nobridge } from './nobridge.ts';
import { note } from './note.ts';
import { redact } from './redact.ts';
import { report } from './report.ts';
import { rules } from './rules.ts';
import { shield } from './shield.ts';
import { show } from './show.ts';
import { slow } from './slow.ts';
import { timeout } from './timeout.ts';
import { unban } from './unban.ts';
import { unblock } from './unblock.ts';
import { unlink } from './unlink.ts';
import { unmute } from './unmute.ts';
import { untimeout } from './untimeout.ts';
import { whois } from './whois.ts';

/** All commands: help, completion, the registration on platforms and the docs are made from this. */
export const COMMANDS: readonly Command[] = [
  help,
  join,
  leave,
  msg,
  whois,
  karma,
  rules,
  accept,
  mute,
  unmute,
  block,
  unblock,
  redact,
  report,
  timeout,
  untimeout,
  ban,
  unban,
  apply,
  nsfw,
  safe,
  slow,
  shield,
  note,
  show,
  appoint,
  dismiss,
  crew,
  live,
  link,
  unlink,
  nobridge,
  mydata,
  erase,
  bridge,
];

/** What others may know of them: plain values. */
export const COMMAND_SPECS: readonly CommandSpec[] = COMMANDS.map(({ name, summary, arguments: given, least }) => {
  return { name, summary, arguments: given, least };
});
