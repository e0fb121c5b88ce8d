/** House rules as Kysely sees them; `house-rule-tables.ts` makes the tables. */
export interface HouseRuleTables {
  house_rules: HouseRulesTable;
  house_rule_people: HouseRulePeopleTable;
  house_rule_lines: HouseRuleLinesTable;
}
export interface HouseRulesTable {
  channel_id: string;
  version: number;
  text: string;
  set_by: string | null;
  set_at: number;
}
export interface HouseRulePeopleTable {
  user_id: string;
  channel_id: string;
  told_version: number;
  told_at: number | null;
  accepted_version: number;
  accepted_at: number | null;
}
export interface HouseRuleLinesTable {
  bridge: string;
  room: string;
  ref_id: string;
  channel_id: string;
  version: number;
  at: number;
}
