// What the service answers; doc/openapi.json is the contract. Only what pages share stands here: an answer that one page alone reads has its type beside that page.

export interface Named { name: string; zh: string }
export interface Entity { kind: string; token: string; shown: string | null }

/* ---- the desk's tables: GET /v1/desk/machines ---- */

export type FieldType =
	'choice' | 'entity' | 'sealed' | 'money' | 'time' | 'integer' | 'positions' | 'object' | 'code' | 'user' | 'text' | 'file' | 'duration';
export interface Field { name: string; zh: string; type: FieldType; of?: string; choices?: Named[]; min?: number; max?: number; guarded?: boolean }
export interface State extends Named { final: boolean; shared: boolean }
export interface Step extends Named {
	from: string[];
	to: string[];
	roles: string[];
	internal: boolean;
	proposes: boolean;
	four_eyes: boolean;
	needs: string[];
	takes: string[];
	article: string | null;
}
export interface Machine extends Named { route: string; letters: string; states: State[]; fields: Field[]; steps: Step[]; timers: { name: string; zh: string; step: string }[] }

/* ---- objects of the desk ---- */

export interface OpenStep extends Named { needs: string[]; takes: string[] }
export interface Due extends Named { at: string }
export type Value = string | number | number[] | Named | Entity | { sealed: true } | { file: string } | null;
export interface DeskObject {
	id: string;
	kind: string;
	kind_zh: string;
	state: State;
	version: number;
	grade: number | null;
	organisation: number;
	district: number;
	subject: Entity | null;
	also: Entity | null;
	made: string;
	changed: string;
	made_by: string | null;
	proposer: string | null;
	approver: string | null;
	due: Due[];
	fields: Record<string, Value>;
	steps?: OpenStep[];
	script?: string;
	notice?: { state: string; zh: string; message: string | null; since: string; late: boolean };
}
export interface DeskPage { objects: DeskObject[]; cursor: string | null }
export interface Done { position: number; repeated: boolean; object: DeskObject | null; warning?: { message_en: string; message_zh: string } }

export interface Me {
	user: string | null;
	roles: string[];
	organisation: number;
	district: number;
	scopes?: string[];
	login?: string | null;
	csrf?: string;
	until?: string;
}
export interface Permissions {
	permissions: { kind: string; route: string; steps: (Named & { makes: boolean; four_eyes: boolean; reach: Record<string, string> })[] }[];
}

/* ---- alerts ---- */

export type Severity = 'none' | 'blue' | 'yellow' | 'red' | 'purple';
export interface Alert {
	id: string;
	position: number;
	time: string;
	rule: string;
	mode: 'live' | 'shadow' | 'off';
	severity: Severity;
	score: number;
	decision: { score: number; severity: Severity };
	about: Entity;
	because: { en: string; zh: string };
	on?: string;
	organisation?: number;
	event: { type: string } & Record<string, string | Entity | object>;
	values: { text: string; left: string; op: string; right: string; truth: boolean }[];
	measures: { measure: string; basis?: string; about?: Entity }[];
	notify: string[];
	flags: string[];
	evidence: { aggregate: string; of: string; value: string; window_us: number; events: number; flags: string[]; items: Record<string, string>[] }[];
	scam?: Named | string;
	verdict?: { verdict: 'true' | 'false'; by: string; time: string } | null;
}
