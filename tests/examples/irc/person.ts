import { connect } from 'node:net';
import { PATIENCE_MS } from '../../fakes/until.ts';

/** Somebody with an ordinary client of the network: says lines as they are typed, and keeps all that comes. */
export interface Person {
  readonly nick: string;
  /** Sends a line of the protocol. */
  raw(line: string): void;
  say(room: string, text: string): void;
  /** Sends a line with tags, and resolves with the answer to it. */
  asks(tags: string, line: string): Promise<string>;
  /** Every line so far. */
  lines(): readonly string[];
  /** What was said in a room so far, in order: `nick: text`. */
  heard(room: string): readonly string[];
  /** Resolves with the first line that fits, of those so far and to come. */
  sees(pattern: RegExp): Promise<string>;
  /** Comes into a room, and resolves once the list of names is over. */
  join(room: string): Promise<void>;
  close(): void;
}

const CAPABILITIES = 'message-tags server-time echo-message batch labeled-response';

export async function connectPerson(port: number, nick: string, password: string): Promise<Person> {
  const socket = connect(port, '127.0.0.1');
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let rest = '';
  let asked = 0;
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\r\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      if (/^(@\S+ )?(:\S+ )?PING /.test(line)) socket.write(`PONG ${line.split('PING ')[1]}\r\n`);
      lines.push(line);
    }
    for (const look of waiting) look();
  });
  const raw = (line: string): void => void socket.write(`${line}\r\n`);
  const person: Person = {
    nick,
    raw,
    say: (room, text) => raw(`PRIVMSG ${room} :${text}`),
    asks(tags, line) {
      asked += 1;
      raw(`@label=q${asked}${tags === '' ? '' : `;${tags}`} ${line}`);
      return person.sees(new RegExp(`[@;]label=q${asked}[; ]`));
    },
    lines: () => lines,
    heard: (room) => lines.flatMap((line) => saidIn(line, room)),
    sees(pattern) {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const timer = setTimeout(
        () => reject(new Error(`${nick} never saw ${pattern}\n${lines.slice(-20).join('\n')}`)),
        PATIENCE_MS,
      );
      const look = (): void => {
        const found = lines.find((line) => pattern.test(line));
        if (found === undefined) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      return promise;
    },
    async join(room) {
      raw(`JOIN ${room}`);
      await person.sees(new RegExp(` 366 \\S+ ${room} `));
    },
    close: () => void socket.destroy(),
  };
  raw('CAP LS 302');
  raw(`PASS ${password}`);
  raw(`NICK ${nick}`);
  raw(`USER ${nick} 0 * :${nick}`);
  raw(`CAP REQ :${CAPABILITIES}`);
  raw('CAP END');
  await person.sees(/ (376|422) /);
  return person;
}

function saidIn(line: string, room: string): readonly string[] {
  const found = /^(?:@\S+ )?:([^! ]+)\S* PRIVMSG (\S+) :?(.*)$/.exec(line);
  return found !== null && found[2] === room ? [`${found[1]}: ${found[3]}`] : [];
}
