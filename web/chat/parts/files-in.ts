/** So that others can send the focus to where one writes. */
export const COMPOSER_ID = 'composer';

/** What is pasted or dropped as a file goes with the message; text goes its own way. */
export function takeFiles(event: Event, data: DataTransfer | null, add: (files: readonly File[]) => void): void {
  const files = [...(data?.files ?? [])];
  if (files.length === 0) return;
  event.preventDefault();
  add(files);
}
