/** What is to be done at a time; the row goes once it is done. */
export interface TimersTable {
  id: string;
  kind: string;
  due: number;
  /** JSON, for the handler of the kind. */
  payload: string;
  /** When it is tried next: `due`, or later where it failed. */
  try_at: number;
  tries: number;
}
export interface LiveEventsTable {
  id: string;
  dj_id: string;
  channel_id: string;
  kind: string;
  title: string;
  starts_at: number;
  state: string;
  started_at: number | null;
  since: number;
  version: number;
}
/** One row a DJ: `version` grows with each change of the DJ's events or stream. The stream is null until told of. */
export interface SchedulesTable {
  dj_id: string;
  version: number;
  stream_connected: number | null;
  stream_since: number | null;
  stream_had_event: number | null;
}
