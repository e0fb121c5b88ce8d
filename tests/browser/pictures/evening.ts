import type { Art } from './art.ts';
import { type Cast, CHANNEL, type Name, OTHER } from './cast.ts';
import type { Club, Elsewhere } from './club.ts';
import { type EveningTime, MINUTE_MS } from './evening-time.ts';

/** When the pictures are taken, in minutes after the doors. */
export const SHOWN_AT = 50;
export const CREW = 'crew-selecta';
export const LAST_WORDS = 'This one goes out to the fridge.';

/** All that happens before the first picture. */
export async function spend(cast: Cast, club: Club, time: EveningTime, art: Art): Promise<void> {
  await prepare(cast, time);
  await arrive(cast, club, time, art);
  await trouble(cast, club, time);
  await inPrivate(cast, time);
  await dance(cast, club, time);
}

/** What DJs and the admin set up beforehand. */
async function prepare(cast: Cast, time: EveningTime): Promise<void> {
  time.at(0);
  await cast.commands('Selecta', 'appoint @Nils');
  await cast.commands(
    'Selecta',
    'rules Be kind, the new ones most of all.\nAsk for track names as often as you like.\nNo adverts.',
  );
  await cast.commands(
    'Kool Herta',
    'rules No requests before midnight.\nWhat is said in the kitchen stays in the kitchen.',
    OTHER,
  );
  await programs(cast);
  for (const name of ['Selecta', 'mia', 'Ana', 'Jo Okafor', 'ben', 'Nils', 'loudmouth', 'Kool Herta'] as const) {
    await cast.commands(name, 'accept');
  }
  const startsAt = Date.now();
  const hours = (count: number): number => startsAt + count * 3_600_000;
  for (const [title, at] of [
    ['Sunday dubs', hours(41)],
    ['All vinyl, part two', hours(165)],
  ] as const) {
    await cast.does('Selecta', 'plan-event', { channel: CHANNEL, title, startsAt: at as never });
  }
  await cast.does('Selecta', 'set-settings', {
    channel: CHANNEL,
    change: { moderatorsMayBan: true, blur: 'newcomers' },
  });
}

type Talk = Readonly<{
  elsewhere: (minute: number, where: Elsewhere, name: string, text: string) => Promise<void>;
  here: (minute: number, name: Name, text: string, reply?: string) => Promise<string>;
}>;

function talkOf(cast: Cast, club: Club, time: EveningTime): Talk {
  return {
    async elsewhere(minute, where, name, text) {
      time.at(minute);
      await club.says(where, name, text);
      await cast.heard(text);
    },
    here(minute, name, text, reply) {
      time.at(minute);
      return cast.says(name, text, reply === undefined ? {} : { reply });
    },
  };
}

/** Programs of the DJ and of the admin, which their panels list. */
async function programs(cast: Cast): Promise<void> {
  for (const name of ['Lights', 'Set list']) {
    await cast.does('Selecta', 'make-webhook', { channel: CHANNEL, name, avatarUrl: null, event: null });
  }
  const token = { name: 'Screen at the bar', scopes: ['read', 'history'] as const, channel: CHANNEL };
  await cast.does('mia', 'create-token', token);
}

async function arrive(cast: Cast, club: Club, time: EveningTime, art: Art): Promise<void> {
  const { here, elsewhere } = talkOf(cast, club, time);
  await here(4, 'mia', 'Doors are open. Selecta from nine, and it goes on until nobody is left.');
  time.at(5);
  const file = { name: 'low-end.png', bytes: art.flyer, alt: 'Flyer of the night: Low End' };
  await cast.uploads('Selecta', 'Tonight:', file);
  await here(5, 'Jo Okafor', 'first one in, as promised');
  await here(6, 'ben', 'front left by the speaker as always');
  await elsewhere(8, 'discord', 'tamsin', 'evening all! stream is crystal clear over here');
  await here(9, 'Ana', 'oh no, I missed the first ten minutes');
  await elsewhere(10, 'telegram', 'Иван', 'звук отличный, спасибо!');
  await here(12, 'Nils', 'mix of last week for who missed it: https://soundcloud.com/example/low-end-11');
  time.at(13);
  await club.shows('tamsin', 'my copy, the A side is worn out', { name: 'label.png', bytes: art.label });
  await cast.heard('my copy');
}

async function dance(cast: Cast, club: Club, time: EveningTime): Promise<void> {
  const { here, elsewhere } = talkOf(cast, club, time);
  await here(22, 'Jo Okafor', 'Set list so far\n> Intro (dubplate)\n> Haunted Stairwell\n> Deep Measure');
  await elsewhere(24, 'matrix', 'Åsa', 'hello from Turku, it is snowing and I am dancing');
  await here(26, 'Nils', 'Greetings from the kitchen, we have eleven people dancing around a fridge');
  const bass = await here(30, 'Ana', 'oh this bassline 🔥');
  await cast.reacts(bass, '🔥', ['ben', 'mia', 'Jo Okafor', 'Kool Herta', 'Selecta']);
  await cast.reacts(bass, '💯', ['Nils', 'ben']);
  await here(31, 'Ana', 'somebody tell me what it is');
  await elsewhere(32, 'twitch', 'vinylrat', 'that needle drop was so clean');
  const words = 'Deep Measure, on the first pressing. I have been after a copy for *ten years*.';
  const answer = await here(34, 'Kool Herta', words, bass);
  await cast.reacts(answer, '❤️', ['Ana', 'Selecta', 'Jo Okafor']);
  await here(38, 'Jo Okafor', 'Here is the label page: https://example.org/releases/dm-001');
  await elsewhere(42, 'twitch', 'vinylrat', 'ten years!! there is one going in Leeds');
  await elsewhere(46, 'discord', 'tamsin', 'my neighbours know every track by now');
  await elsewhere(47.3, 'twitch', 'vinylrat', 'rewind! rewind!');
  await elsewhere(47.4, 'matrix', 'Åsa', 'mine have come over to dance');
  await here(47.8, 'ben', 'second half of this is ||where the amen comes in||, be ready');
  await here(48.2, 'mia', 'Be kind to the new people in here, please. There are a lot of you tonight 👋');
  const planned = { channel: OTHER, title: 'Herta until midnight', startsAt: (Date.now() + MINUTE_MS) as never };
  const { event } = await cast.does('Kool Herta', 'plan-event', planned);
  await cast.does('Kool Herta', 'turn-event', { event: event.id, turn: 'start' });
  const fridge = await here(49, 'Selecta', LAST_WORDS);
  await cast.reacts(fridge, '🕺', ['Ana', 'Nils', 'mia', 'ben']);
  await cast.reacts(fridge, '🙌', ['Jo Okafor', 'Kool Herta']);
  await cast.says('Kool Herta', 'Anybody on the way over?', { channel: 'lobby' });
}

/** What moderators have to do. */
async function trouble(cast: Cast, club: Club, time: EveningTime): Promise<void> {
  time.at(14);
  await cast.does('Selecta', 'set-settings', {
    channel: CHANNEL,
    change: { rules: { ...RULES, heldWords: ['followers', 'crypto'] } },
  });
  await club.says('twitch', 'best_growth', 'cheap followers for every DJ, ask me how');
  await club.says('telegram', 'Max', 'who wants free crypto? write to me');
  await cast.says('loudmouth', 'this is the worst set I ever heard, go home all of you');
  const rude = await cast.says('loudmouth', 'and you in the kitchen are the worst of all');
  for (const [name, reason] of [
    ['Ana', 'rude to everybody'],
    ['ben', 'leave the kitchen alone'],
  ] as const) {
    await cast.does(name, 'report', { channel: CHANNEL, message: rude, reason });
  }
  time.at(16);
  await cast.does('Nils', 'sanction', {
    channel: CHANNEL,
    target: cast.userOf('loudmouth'),
    act: 'timeout',
    minutes: 5,
    reason: 'insults',
    redactMinutes: null,
  });
  await cast.commands('Nils', 'note @loudmouth was warned on the door as well');
  await cast.does('mia', 'set-slow', { channel: CHANNEL, seconds: 5 });
  time.at(18);
  await cast.does('mia', 'set-slow', { channel: CHANNEL, seconds: 0 });
}

const RULES = {
  flood: { isOn: true, count: 8, seconds: 10 },
  links: 'not-newcomers',
  mentions: { isOn: true, most: 8 },
  shouting: false,
  repeatedText: false,
  holdBelowKarma: -20,
};

async function inPrivate(cast: Cast, time: EveningTime): Promise<void> {
  time.at(19);
  const open = async (name: Name, to: readonly Name[]): Promise<string> => {
    const { channel } = await cast.does(name, 'open-direct', { users: to.map(cast.userOf) as never });
    return channel;
  };
  const two = await open('Jo Okafor', ['Ana']);
  await cast.says('Jo Okafor', 'are you coming to the kitchen later?', { channel: two });
  time.at(20);
  await cast.says('Ana', 'after this one, save me a place by the fridge', { channel: two });
  await cast.says('Jo Okafor', 'done. Nils made soup', { channel: two });
  const notes = await open('Ana', []);
  await cast.says('Ana', 'look for Deep Measure 001, first pressing', { channel: notes });
  const { channel: party } = await cast.does('ben', 'create-private', {
    name: 'Night bus',
    users: [cast.userOf('Ana')] as never,
  });
  await cast.says('ben', 'last one goes at ten past three', { channel: party });
  await cast.says('Nils', 'two things wait in the queue, I have the loud one', { channel: CREW });
  await cast.says('Selecta', 'thank you! one more record and I look', { channel: CREW });
}
