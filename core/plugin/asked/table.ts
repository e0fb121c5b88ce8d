import type { Asked } from './asked.ts';
import { type ChatQuestions, chatQuestions } from './chat.ts';
import { type EventDeeds, type EventQuestions, eventDeeds, eventQuestions } from './events.ts';
import { type LibraryDeeds, type LibraryQuestions, libraryDeeds, libraryQuestions } from './library.ts';
import { type HouseRulesDeeds, type HouseRulesQuestions, houseRulesDeeds, houseRulesQuestions } from './house-rules.ts';
import { type OrderDeeds, type OrderQuestions, orderDeeds, orderQuestions } from './order.ts';
import { type StaffDeeds, type StaffQuestions, staffDeeds, staffQuestions } from './staff.ts';
import { type SelfDeeds, type SelfQuestions, selfDeeds, selfQuestions } from './self.ts';

/** Everything that is asked and changes nothing: question and answer of each kind. */
export interface Questions extends ChatQuestions, OrderQuestions, EventQuestions, HouseRulesQuestions, StaffQuestions, LibraryQuestions, SelfQuestions {}

/** Every act that is not said in a channel, with what it takes and what it answers. */
export interface Deeds extends OrderDeeds, EventDeeds, HouseRulesDeeds, StaffDeeds, LibraryDeeds, SelfDeeds {}

export const questions: Asked<Questions> = { ...chatQuestions, ...orderQuestions, ...eventQuestions, ...staffQuestions, ...houseRulesQuestions, ...libraryQuestions, ...selfQuestions };
export const deeds: Asked<Deeds> = { ...orderDeeds, ...eventDeeds, ...staffDeeds, ...houseRulesDeeds, ...libraryDeeds, ...selfDeeds };

export type { Asked } from './asked.ts';
export type { ListedEvent } from './events.ts';
