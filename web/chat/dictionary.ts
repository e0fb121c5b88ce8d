/** What the page says, by its English text, in another language. */
export type Dictionary = Readonly<Record<string, string>>;
