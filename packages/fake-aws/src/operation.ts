import type { EffectsJournal } from '@selfheal/fake-server/journal.ts';
import type { WorldTime } from '@selfheal/fake-server/world-time.ts';
import type { toXml } from '@selfheal/fake-server/xml.ts';
import type { SampleCloud, ServiceId } from './state.ts';

export type Failure = { code: string; status: number; message: string };

/** An error answer of AWS. */
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

/** An SSM document of the account, with the pattern that each of its parameters must match. */
export interface AutomationDocument {
  readonly name: string;
  readonly parameters: Readonly<Record<string, { readonly allowedPattern: string }>>;
}

export interface AwsContext {
  readonly documents: readonly AutomationDocument[];
  readonly cloud: SampleCloud;
  readonly journal: EffectsJournal;
  /** Called after a deployment changed, so that alarms can change too. */
  readonly deployed: (service: ServiceId) => void;
  /** Emits an event of AWS in so many milliseconds. */
  readonly after: (milliseconds: number, event: () => object) => void;
  /** Milliseconds by which reads of alarm states lag behind their events. */
  readonly alarmLagMs: () => number;
}

/** An operation of an RPC service: parsed input to output. Throws `AwsError`. */
export type Operation = (context: AwsContext, input: Record<string, unknown>) => object;

/** An operation of the query protocol: form fields to a result for `toXml`. Throws `AwsError`. */
export interface QueryOperation {
  /** Accepted fields, without the numbers of lists (`Filters.Filter.Name`); any other field is refused. */
  readonly fields: readonly string[];
  readonly perform: (context: AwsContext, form: URLSearchParams) => Parameters<typeof toXml>[0];
}

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
/** Events of EventBridge have whole seconds. */
export const secondsOf = ({ now }: WorldTime): string => `${new Date(now()).toISOString().slice(0, 19)}Z`;
/** AWS JSON encodes timestamps as epoch seconds. */
export const epoch = (iso: string): number => Date.parse(iso) / 1000;

/** One page of a list; the token is an offset. */
export function pageBy<T>(items: readonly T[], token: unknown, size: number): { items: T[]; next: string | undefined } {
  const from = Number(text(token) || 0);
  const next = from + size < items.length ? String(from + size) : undefined;
  return { items: items.slice(from, from + size), next };
}
