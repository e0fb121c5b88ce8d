/** One choice of the builder; `usual` is what the overlay does without it, and then it is left out of the link. */
export type OverlayField = { readonly name: string; readonly label: string; readonly usual: string } & (
  | { readonly kind: 'number' | 'text'; readonly hint?: string }
  | { readonly kind: 'flag' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
);

export const OVERLAY_FIELDS: readonly OverlayField[] = [
  { name: 'theme', label: 'Look', usual: 'plain', kind: 'choice', choices: ['plain', 'bubbles', 'bar'] },
  { name: 'platforms', label: 'Platforms', usual: '', kind: 'text', hint: 'all; or twitch, discord, …' },
  { name: 'size', label: 'Text size in pixels', usual: '24', kind: 'number' },
  { name: 'font', label: 'Font', usual: '', kind: 'text', hint: 'of the machine that runs OBS' },
  { name: 'weight', label: 'Weight', usual: '500', kind: 'number' },
  { name: 'dir', label: 'Direction', usual: 'up', kind: 'choice', choices: ['up', 'down', 'row'] },
  { name: 'align', label: 'Alignment', usual: 'left', kind: 'choice', choices: ['left', 'center', 'right'] },
  { name: 'max', label: 'Messages at a time', usual: '20', kind: 'number' },
  { name: 'fade', label: 'Gone after seconds (0: stays)', usual: '0', kind: 'number' },
  { name: 'delay', label: 'Wait before showing, seconds', usual: '0', kind: 'number' },
  { name: 'anim', label: 'Movement', usual: 'slide', kind: 'choice', choices: ['slide', 'fade', 'none'] },
  { name: 'images', label: 'Pictures', usual: 'off', kind: 'choice', choices: ['off', 'safe'] },
  { name: 'bg', label: 'Background, rrggbbaa', usual: '', kind: 'text', hint: '00000000' },
  { name: 'ink', label: 'Text colour, rrggbb', usual: '', kind: 'text', hint: 'ffffff' },
  { name: 'hide', label: 'Leave out', usual: '', kind: 'text', hint: 'bots,commands,user:name' },
  { name: 'shadow', label: 'Shadow behind the text', usual: '1', kind: 'flag' },
  { name: 'badges', label: 'Badges', usual: '1', kind: 'flag' },
  { name: 'avatars', label: 'Avatars', usual: '0', kind: 'flag' },
  { name: 'times', label: 'Times', usual: '0', kind: 'flag' },
  { name: 'colors', label: 'Names in colour', usual: '1', kind: 'flag' },
  { name: 'emoji', label: 'Custom emoji as pictures', usual: '1', kind: 'flag' },
];

/** Pure. The query of the link: the channel, and what differs from the usual. */
export function overlayQuery(channel: string, values: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams({ channel });
  for (const { name, usual } of OVERLAY_FIELDS) {
    const value = values[name]?.trim() ?? usual;
    if (value !== usual && value !== '') query.set(name, value);
  }
  return query.toString();
}
