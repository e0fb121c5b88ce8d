/** The client package: `import { createClient } from 'slipmat-hub/client'`. For Node and browsers; depends on nothing. */
export { escapeMarkup, markupText } from '../bridges/slipmat/markup-text.ts';
export type { Relations, Unread } from '../core/plugin/asked/self.ts';
export type * from './api.ts';
export {
  type ChannelEvent,
  type ChannelView,
  channelView,
  EMPTY_VIEW,
  type EntryFrame,
  foldEvents,
  type PendingPost,
  type ViewRow,
} from './channel-view.ts';
export { createClient } from './client.ts';
export { followQuiet, followReading, type Quiet, type ReadState } from './self.ts';
