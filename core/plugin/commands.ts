/** One command that people can give, from the hub's one table: for help, completion and a platform's registration. */
export interface CommandSpec {
  /** Lower-case, without prefix, such as `timeout`. */
  readonly name: string;
  /** One line, at most 100 characters. */
  readonly summary: string;
  readonly arguments: readonly CommandArgument[];
  /** The least rank that may give it. A hint for menus; the hub checks. */
  readonly least: 'guest' | 'listener' | 'moderator' | 'dj' | 'admin';
}

export interface CommandArgument {
  readonly name: string;
  readonly summary: string;
  readonly kind: 'person' | 'minutes' | 'channel' | 'choice' | 'word' | 'text';
  readonly choices: readonly string[];
  readonly isRequired: boolean;
}
