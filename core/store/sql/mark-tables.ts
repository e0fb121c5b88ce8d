/** What moderators have said of pictures, by the hash of their bytes; an empty scope: everywhere. */
export const markTables = `
create table picture_marks (
  picture text not null,
  scope text not null,
  mark text not null,
  by_id text not null,
  at integer not null,
  primary key (picture, scope)
) without rowid, strict;
`;

export interface PictureMarksTable {
  picture: string;
  /** Empty text: everywhere. */
  scope: string;
  mark: string;
  by_id: string;
  at: number;
}
