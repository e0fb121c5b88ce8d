/** `Ana is writing …`; more than three are just several people. */
export function TypingNote({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) return null;
  if (names.length > 3) return <span>Several people are writing …</span>;
  const list = new Intl.ListFormat('en', { type: 'conjunction' }).format(names);
  return (
    <span>
      {list} {names.length === 1 ? 'is' : 'are'} writing …
    </span>
  );
}
