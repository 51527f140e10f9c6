import type { EffectsJournal } from '../server/journal.ts';
import type { Company, ServiceId } from './company.ts';

export type Failure = { code: string; status: number; message: string };

/** An error as AWS answers it. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;
  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export interface AwsRooms {
  readonly company: Company;
  readonly journal: EffectsJournal;
  /** Told after a deployment changed, so that alarms can follow. */
  readonly deployed: (service: ServiceId) => void;
  /** Milliseconds by which reads of alarms lag behind their events. */
  readonly alarmLagMs: () => number;
}

/** An operation of an RPC service: parsed input to output. Throws `AwsError`. */
export type Operation = (rooms: AwsRooms, input: Record<string, unknown>) => object;

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
/** AWS JSON carries instants as epoch seconds. */
export const epoch = (iso: string): number => Date.parse(iso) / 1000;

/** One page by an offset token. */
export function pageBy<T>(items: readonly T[], token: unknown, size: number): { items: T[]; next: string | undefined } {
  const from = Number(text(token) || 0);
  const next = from + size < items.length ? String(from + size) : undefined;
  return { items: items.slice(from, from + size), next };
}
