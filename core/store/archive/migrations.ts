/**
 * What the archive adds to the tables of `sql/migrations.ts`, in order, to be run after `entries` and `messages` exist.
 *
 * The index holds no text of its own: `messages.text` has it, and deleting hands the old text back, so that with
 * `secure-delete` the words of a redacted message leave the file too. Words are folded (case, accents) and found by
 * their beginning. `search_rows.id` is made from the time in the message id, so that its order is that of time.
 */
export const archiveMigrations: readonly { readonly name: string; readonly sql: string }[] = [
  {
    name: 'archive-search',
    sql: `
      create table search_rows (
        id integer primary key,
        message_id text not null unique,
        channel_id text not null
      );
      create virtual table search_text using fts5(
        text, content='', tokenize="unicode61 remove_diacritics 2", prefix='2 3'
      );
      insert into search_text(search_text, rank) values ('secure-delete', 1);
      create index if not exists entries_of_message on entries (message_id) where message_id is not null;
    `,
  },
  {
    name: 'archive-quotes',
    sql: `
      alter table messages add column reply_to text;
      update messages set reply_to = json_extract(message, '$.replyTo.id') where json_valid(message);
      create index messages_by_reply on messages (reply_to) where reply_to is not null;
      create temp table stale as
        select id from messages where reply_to in (select id from messages where is_redacted = 1);
      update messages set message = json_set(message, '$.replyTo.text', '') where id in (select id from stale);
      update entries set body = json_set(body, '$.message.replyTo.text', '')
        where message_id in (select id from stale) and kind = 'message' and json_valid(body);
      drop table stale;
    `,
  },
];
