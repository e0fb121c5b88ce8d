import { type ActivityQuestions, activityQuestions } from './activity.ts';
import { type AdminDeeds, type AdminQuestions, adminDeeds, adminQuestions } from './admin.ts';
import type { Asked } from './asked.ts';
import { type ChatQuestions, chatQuestions } from './chat.ts';
import { type CrewDeeds, crewDeeds } from './crew.ts';
import { type DeskDeeds, type DeskQuestions, deskDeeds, deskQuestions } from './desk.ts';
import { type DirectDeeds, type DirectQuestions, directDeeds, directQuestions } from './directs.ts';
import { type EventDeeds, type EventQuestions, eventDeeds, eventQuestions } from './events.ts';
import { type HookDeeds, type HookQuestions, hookDeeds, hookQuestions } from './hooks-in.ts';
import { type HookOutDeeds, type HookOutQuestions, hookOutDeeds, hookOutQuestions } from './hooks-out.ts';
import { type HouseRulesDeeds, type HouseRulesQuestions, houseRulesDeeds, houseRulesQuestions } from './house-rules.ts';
import { type LibraryDeeds, type LibraryQuestions, libraryDeeds, libraryQuestions } from './library.ts';
import { type MarkDeeds, markDeeds } from './marks.ts';
import { type OrderDeeds, type OrderQuestions, orderDeeds, orderQuestions } from './order.ts';
import { type PortalDeeds, type PortalQuestions, portalDeeds, portalQuestions } from './portals.ts';
import { type PrivacyDeeds, type PrivacyQuestions, privacyDeeds, privacyQuestions } from './privacy.ts';
import { type SelfDeeds, type SelfQuestions, selfDeeds, selfQuestions } from './self.ts';
import { type StaffDeeds, type StaffQuestions, staffDeeds, staffQuestions } from './staff.ts';
import { type TokenDeeds, type TokenQuestions, tokenDeeds, tokenQuestions } from './tokens.ts';

/** Everything that is asked and changes nothing: question and answer of each kind. */
export interface Questions
  extends ChatQuestions,
    OrderQuestions,
    EventQuestions,
    HouseRulesQuestions,
    StaffQuestions,
    SelfQuestions,
    DirectQuestions,
    LibraryQuestions,
    TokenQuestions,
    HookQuestions,
    PortalQuestions,
    HookOutQuestions,
    PrivacyQuestions,
    DeskQuestions,
    ActivityQuestions,
    AdminQuestions {}

/** Every act that is not said in a channel, with what it takes and what it answers. */
export interface Deeds
  extends OrderDeeds,
    EventDeeds,
    CrewDeeds,
    HouseRulesDeeds,
    StaffDeeds,
    SelfDeeds,
    DirectDeeds,
    LibraryDeeds,
    MarkDeeds,
    TokenDeeds,
    HookDeeds,
    PortalDeeds,
    HookOutDeeds,
    PrivacyDeeds,
    DeskDeeds,
    AdminDeeds {}

export const questions: Asked<Questions> = {
  ...chatQuestions,
  ...orderQuestions,
  ...eventQuestions,
  ...houseRulesQuestions,
  ...staffQuestions,
  ...selfQuestions,
  ...directQuestions,
  ...libraryQuestions,
  ...tokenQuestions,
  ...hookQuestions,
  ...portalQuestions,
  ...hookOutQuestions,
  ...privacyQuestions,
  ...deskQuestions,
  ...activityQuestions,
  ...adminQuestions,
};
export const deeds: Asked<Deeds> = {
  ...orderDeeds,
  ...eventDeeds,
  ...crewDeeds,
  ...houseRulesDeeds,
  ...staffDeeds,
  ...selfDeeds,
  ...directDeeds,
  ...libraryDeeds,
  ...markDeeds,
  ...tokenDeeds,
  ...hookDeeds,
  ...portalDeeds,
  ...hookOutDeeds,
  ...privacyDeeds,
  ...deskDeeds,
  ...adminDeeds,
};

export type { Asked } from './asked.ts';
export type { ListedInvitation, ListedMember } from './directs.ts';
export type { ListedEvent } from './events.ts';
