// Answers !ping in a channel. Needs Node 24 and nothing else: HUB=http://localhost:8787 TOKEN=slip_... node bot.mjs
const { HUB = 'http://localhost:8787', TOKEN, CHANNEL = 'lobby' } = process.env;
const channel = `${HUB}/api/v1/channels/${CHANNEL}`;
const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
for (let last = '', unread = ''; ; unread = '') {
  const stream = await fetch(`${channel}/events`, { headers: { ...headers, 'last-event-id': last } });
  if (!stream.ok) throw new Error((await stream.json()).say);
  for await (const chunk of stream.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (unread + chunk).split('\n\n');
    unread = blocks.pop();
    for (const block of blocks) {
      const { id, event, data } = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s)));
      last = id ?? last; // where to go on after a break
      if (event === 'opened') console.log(`in ${CHANNEL}`);
      const message = event === 'message' ? JSON.parse(data).message : null;
      if (message?.content.rich[0]?.text !== '!ping') continue;
      const answer = { ...headers, 'idempotency-key': message.id };
      const body = JSON.stringify({ text: 'pong', replyTo: message.id });
      await fetch(`${channel}/messages`, { method: 'POST', headers: answer, body });
    }
  }
}
