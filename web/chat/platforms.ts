/* Where people write from: the name, and the two letters of the badge. */
const PLATFORMS: Readonly<Record<string, { readonly name: string; readonly short: string }>> = {
  discord: { name: 'Discord', short: 'Dc' },
  twitch: { name: 'Twitch', short: 'Tw' },
  telegram: { name: 'Telegram', short: 'Tg' },
  matrix: { name: 'Matrix', short: 'Mx' },
  slipmat: { name: 'Slipmat', short: 'Sl' },
};

export function platformName(platform: string): string {
  return PLATFORMS[platform]?.name ?? platform;
}

export function platformLetters(platform: string): string {
  return PLATFORMS[platform]?.short ?? platform.slice(0, 2);
}
