// types.ts - what the service answers about policies; doc/http-api.md is the contract.
import type { Told } from '../../api/client';
import type { Entity, Severity } from '../../api/types';

export type Mode = 'live' | 'shadow' | 'off';
export interface File { path: string; text: string }
export interface Complaint { kind: 'error' | 'note'; path?: string; line?: number; column?: number; message: string; remedy: string | null }

export interface Version { position: number; time: string; act: string | null; who: string | null; user: string | null; proposed_by: string | null; proposed_user: string | null; why: string | null; digest: string }
export interface Edition extends Version { files: File[] }
export interface Rule { name: string; mode: Mode; severity: Severity; score: number; written: string }

export interface Cost { name: string; mode: Mode; severity: Severity; aggregates: number; rings: number; bytes_per_event: number; state_bytes: number; instructions: number; windows: { aggregate: string; function: string; of: string; window_us: number }[] }
export type Verdict = { ok: false; errors: Complaint[] }
	| { ok: true; digest: string; schema: { extends: boolean; why: string }; rules: Cost[]; aggregates: number; rings: number; entities: { name: string; bytes_idle: number }[] };

export interface Part { part: string; action?: string | null; from: number; to: number; text: string; parts?: Part[] }
export interface Declaration { kind: string; file: string; name: string | null; line: number; from: number; to: number; whole: boolean; comment: { from: number; to: number; text: string } | null; parts: Part[] }
export interface Outline { files: { path: string; bytes: number }[]; declarations: Declaration[]; errors: Complaint[] }

export interface Word { name: string; class: string; form: string; en: string; zh: string }
export interface Vocabulary {
	position: number;
	words: Word[];
	functions: Word[];
	modes: Mode[];
	severities: { name: Severity; zh: string }[];
	measures: { name: string; zh: string }[];
	units: { name: string; of: 'duration' | 'money'; size: number }[];
	entities: { name: string; attributes: { name: string; type: string; set_by: string }[] }[];
	events: { name: string; fields: { name: string; type: string; optional: boolean }[] }[];
	lists: { name: string; type: string }[];
}

export interface Fault { path: string; line: number; column: number; message: string; detail: string }
export interface TestRun { tests: { name: string; path: string; line: number; ok: boolean; events: number; faults: Fault[] }[]; passed: number; failed: number; untold: number }

export interface Job<R = unknown> {
	id: string; kind: string; state: 'waiting' | 'running' | 'done' | 'failed' | 'aborted'; who: string; why: string;
	made: string | null; begun: string | null; ended: string | null; progress: number; done: number; total: number;
	result?: R;
	error?: Told & { type: string; errors?: Complaint[] };
}
export interface Counts { old: number; new: number; same: number; changed: number; gained: number; lost: number }
export interface BriefAlert { time: string; rule: string; mode: Mode; severity: Severity; score: number; about: Entity | { hidden: true }; because: { en?: string; zh?: string } }
export interface Sample { id: string; old?: BriefAlert; new?: BriefAlert }
export interface CurvePoint { threshold: number; alerts: number; entities: number; true: number; false: number; precision: number | null; recall: number | null }
export interface Backtest {
	against: number; records: number; events: number; duration_us: number; fits: boolean; counts: Counts;
	rules: (Counts & { rule: string })[];
	changed: Sample[]; gained: Sample[]; lost: Sample[];
	days: { day: string; old: number; new: number }[];
	labels: { right: number; wrong: number };
	curve: { old: CurvePoint[]; new: CurvePoint[] };
	hits: { score: number; alerts: number; found: 'right' | 'wrong' | null; alert: BriefAlert }[];
}

export type ProposalState = 'waiting' | 'stale' | 'approved' | 'failed' | 'in-force' | 'refused' | 'withdrawn';
export interface Proposal {
	id: number; state: ProposalState; act: 'policy' | 'policy-rollback' | 'rule-mode'; rule?: string; from?: string; to?: string | number;
	who: string; user: string | null; time: string; why: string; digest: string; base: number; own: boolean;
	decided?: { approved: boolean; who: string; user: string | null; time: string; why: string; job?: string };
	position?: number;
	files?: File[];
}
export interface Change { files?: File[]; to?: number; rule?: string; mode?: Mode }
