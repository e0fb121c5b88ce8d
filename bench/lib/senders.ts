import { type Client, createClient } from '../../client/index.ts';

/** One post as its sender knows it. */
export interface SentPost {
  readonly sender: string;
  readonly n: number;
  readonly text: string;
  /** Null while the hub has not acknowledged it. */
  message: string | null;
}

export interface Senders {
  acked(): number;
  untilAcked(count: number): Promise<void>;
  /** Stops posting, and resolves when everything that was said has its answer. */
  finish(): Promise<readonly SentPost[]>;
}

export const CHANNEL = 'lobby';
/** A sender says no more while so many wait for their answer. */
const MOST_WAITING = 300;
const TICK_MS = 20;

/** People who post at a steady rate by the client package, whatever happens to the hub. */
export async function startSenders(
  url: string,
  settings: { readonly senders: number; readonly perSecond: number },
): Promise<Senders> {
  const posts: SentPost[] = [];
  let acked = 0;
  const people = await Promise.all(
    Array.from({ length: settings.senders }, async (_, index) => {
      const name = `sender${index}`;
      const token = await signUp(url, name);
      const client = createClient({ url: `${url.replace('http', 'ws')}/ws`, token });
      await client.join(CHANNEL);
      return { name, client, said: 0, waiting: 0, owed: 0 };
    }),
  );

  function post(person: (typeof people)[number]): void {
    person.said += 1;
    person.waiting += 1;
    const sent: SentPost = {
      sender: person.name,
      n: person.said,
      text: `${person.name} ${person.said}`,
      message: null,
    };
    posts.push(sent);
    void person.client.post({ channel: CHANNEL, text: sent.text }).done.then((answer) => {
      person.waiting -= 1;
      if (!answer.ok) throw new Error(`${sent.text} was turned down: ${answer.code} ${answer.say}`);
      sent.message = answer.value.message;
      acked += 1;
    });
  }

  const each = (settings.perSecond / settings.senders) * (TICK_MS / 1_000);
  const timer = setInterval(() => {
    for (const person of people) {
      person.owed = Math.min(person.owed + each, 50);
      while (person.owed >= 1 && person.waiting < MOST_WAITING) {
        person.owed -= 1;
        post(person);
      }
    }
  }, TICK_MS);

  return {
    acked: () => acked,
    untilAcked: (count) => until(`${count} posts acknowledged`, () => acked >= count),
    async finish() {
      clearInterval(timer);
      await until('every post answered', () => people.every(({ waiting }) => waiting === 0));
      for (const { client } of people) client.close();
      return posts;
    },
  };
}

export async function signUp(url: string, name: string): Promise<string> {
  const answer = await fetch(`${url}/api/sign-up`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password: `${name} has a long password` }),
  });
  if (!answer.ok) throw new Error(`sign-up of ${name}: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { token: string }).token;
}

/** Everything in the channel, oldest first, by pages as any client loads them. */
export async function wholeHistory(client: Client, channel = CHANNEL) {
  const pages = [];
  let before: number | null = null;
  for (;;) {
    const page = await client.history(channel, before, 100);
    if (!page.ok) throw new Error(`history: ${page.code} ${page.say}`);
    pages.push(...page.value.messages);
    before = page.value.messages.at(-1)?.seq ?? null;
    if (page.value.isEnd || before === null) return pages.toReversed();
  }
}

export async function until(what: string, condition: () => boolean, deadlineMs = 60_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs / 1_000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
