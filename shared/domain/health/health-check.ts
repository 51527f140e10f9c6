import * as z from 'zod';
import { problemOfAddress } from '../playbook/http-endpoints.ts';
import { addressKindOf, isAddress } from '../playbook/network-address.ts';

const Common = {
  /** The service in whose log the answers appear, as senders name it. */
  service: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,59}$/, 'Must be the id of a service in small letters'),
  withinSeconds: z.number().int().min(1).max(5).default(5),
  /** Failures in a row, a minute apart, from which on people are told. */
  failures: z.number().int().min(1).max(60).default(3),
  /** A host inside your own network: its addresses may be private, and HTTP is allowed. */
  private: z.boolean().default(false),
};

const HttpCheck = z.strictObject({
  kind: z.literal('http'),
  ...Common,
  url: z.string().max(500),
  /** Statuses that are well; those from 200 to 399 by default. */
  statuses: z.array(z.number().int().min(100).max(599)).min(1).max(20).optional(),
});
const TcpCheck = z.strictObject({
  kind: z.literal('tcp'),
  ...Common,
  host: z.string().regex(/^[\w.:-]{1,253}$/),
  port: z.number().int().min(1).max(65_535),
});

/** An address that is asked once a minute whether it answers. */
export const HealthCheck = z.discriminatedUnion('kind', [HttpCheck, TcpCheck]).superRefine((check, { addIssue }) => {
  const message = check.kind === 'http' ? problemOfAddress(check.url, check.private) : problemOfHost(check);
  if (message !== null) addIssue({ code: 'custom', path: [check.kind === 'http' ? 'url' : 'host'], message });
});
export type HealthCheck = z.infer<typeof HealthCheck>;

export const HealthChecks = z
  .array(HealthCheck)
  .max(20)
  .refine((checks) => new Set(checks.map(targetOf)).size === checks.length, 'an address is checked twice');

function problemOfHost(check: z.infer<typeof TcpCheck>): string | null {
  if (!isAddress(check.host)) return null;
  const kind = addressKindOf(check.host);
  if (kind === 'forbidden') return `${check.host} is a loopback, link-local, metadata or reserved address`;
  return kind === 'private' && !check.private ? `${check.host} is a private address: write "private": true` : null;
}

/** What is checked, as people read it; equal for the same check. */
export const targetOf = (check: HealthCheck): string =>
  check.kind === 'http' ? `GET ${check.url}` : `TCP ${check.host}:${check.port}`;

export interface ProbeAnswer {
  /** Of an HTTP answer; null for TCP, and where nothing answered. */
  readonly status: number | null;
  readonly milliseconds: number;
  /** Why nothing answered, in a few words; null when something did. */
  readonly problem: string | null;
}

const isWell = (check: HealthCheck, { status, problem }: ProbeAnswer): boolean => {
  if (problem !== null) return false;
  if (check.kind === 'tcp') return true;
  return check.statuses === undefined ? status !== null && status < 400 : check.statuses.includes(status ?? 0);
};

export const CheckState = z.strictObject({
  /** Failures in a row. */
  failed: z.number().int().nonnegative(),
  /** When the first of them was; null while it is well. */
  since: z.iso.datetime().nullable(),
});
export type CheckState = z.infer<typeof CheckState>;
const WELL: CheckState = { failed: 0, since: null };

export interface JudgedAnswer {
  readonly isWell: boolean;
  readonly state: CheckState;
  /** People are told now. */
  readonly isDown: boolean;
  /** For the log of the service. */
  readonly line: string;
}

/** What an answer means after those before it. */
export function judgeAnswer(
  check: HealthCheck,
  answer: ProbeAnswer,
  before: CheckState | null,
  at: Date,
): JudgedAnswer {
  const words = answer.problem ?? (answer.status === null ? 'connected' : `answered ${answer.status}`);
  const line = `health check ${targetOf(check)}: ${words} after ${Math.round(answer.milliseconds)} ms`;
  if (isWell(check, answer)) return { isWell: true, state: WELL, isDown: false, line };
  const { failed, since } = before ?? WELL;
  const state = { failed: failed + 1, since: since ?? at.toISOString() };
  return { isWell: false, state, isDown: state.failed === check.failures, line };
}
