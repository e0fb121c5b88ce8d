import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PICTURES } from './camera.ts';

/** What there are pictures of. */
export interface Shown {
  readonly name: string;
  readonly title: string;
  readonly shows: string;
}

/** Writes the page that shows all of them. */
export function writeGallery(scenes: readonly Shown[]): void {
  const parts = scenes.map(({ name, title, shows }) => {
    const dark = `[in the dark](pictures/${name}-dark-1280.webp), [on a phone in the dark](pictures/${name}-dark-390.webp)`;
    return `## ${title}

![${shows}](pictures/${name}-light-1280.webp)

![${shows}, on a phone](pictures/${name}-light-390.webp)

The same ${dark}.
`;
  });
  const head = `# Every page in pictures

Taken by \`npm run pictures\` from a hub with stand-ins for the platforms beside it. Nobody in them is anybody.

`;
  writeFileSync(join(PICTURES, '../pictures.md'), head + parts.join('\n'));
}
