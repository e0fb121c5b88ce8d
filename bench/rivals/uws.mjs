// uWebSockets: plain JavaScript, for it may need an older Node than the hub's. Speaks as `server.ts` does.
import uws from 'uwebsockets';

const app = uws.App();
let seq = 0;

function textOf(number) {
  const us = Math.floor(Number(process.hrtime.bigint()) / 1e3) % 1e12;
  const start = `{"seq":${number},"type":"message","channel":"lobby","author":"somebody","text":"~t${String(us).padStart(12, '0')}`;
  return `${start}${' The same for everybody.'.repeat(9).slice(0, 254 - start.length - 2)}"}`;
}

const handlers = {
  hello: () => ({}),
  start: ({ port }) =>
    new Promise((resolve, reject) => {
      app.ws('/*', {
        compression: uws.DISABLED,
        idleTimeout: 0,
        maxBackpressure: 64 * 1024 * 1024,
        open: (ws) => ws.subscribe('all'),
      });
      app.listen('127.0.0.1', port, (listening) => {
        if (listening) resolve({ port });
        else reject(new Error(`cannot listen on ${port}`));
      });
    }),
  say: ({ count }) => {
    for (let said = 0; said < count; said += 1) {
      seq += 1;
      app.publish('all', textOf(seq), false);
    }
    return {};
  },
  use: () => {
    const { user, system } = process.cpuUsage();
    return { cpuUs: user + system, rss: process.memoryUsage.rss(), held: 0 };
  },
};

process.on('message', ({ id, what, data }) => {
  Promise.resolve()
    .then(() => handlers[what](data))
    .then(
      (value) => process.send({ id, value }),
      (error) => process.send({ id, error: String(error) }),
    );
});
process.once('disconnect', () => process.exit(0));
