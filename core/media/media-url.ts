/** The id is a secret in the link: who has it may load the file. It never stands in a log. */
const MEDIA_PATH = /^\/media\/([A-Za-z0-9_-]{22})(?:[/?]|$)/;

/** How a file of the hub is called in messages: its path, for the hub may be reached under more than one name. */
export function mediaUrl(id: string, name: string): string {
  const safe = encodeURIComponent(name).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `/media/${id}/${safe}`;
}

/** The id in a path of this hub, or in a whole URL under its public address; null for anything else. */
export function mediaIdOf(url: string, publicUrl: string | null): string | null {
  const isWhole = publicUrl !== null && url.startsWith(`${publicUrl}/`);
  const path = isWhole ? url.slice(publicUrl.length) : url;
  return MEDIA_PATH.exec(path)?.[1] ?? null;
}

/** Whether it may be an id at all. */
export function isMediaId(text: string): boolean {
  return /^[A-Za-z0-9_-]{22}$/.test(text);
}
