import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import * as z from 'zod';
import { PLAYBOOK_JOBS } from '../incident/job.ts';
import { Risk } from '../plan/bound-action.ts';
import { ParameterSpec, Scalar } from './parameter.ts';
import { fillPayload, type Payload, type Values } from './template.ts';

export const PlaybookId = z.string().regex(/^[a-z][a-z0-9-]{1,59}$/);
const Template = z.string().min(1).max(500);
const PayloadShape: z.ZodType<Payload> = z.lazy(() =>
  z.union([Scalar, z.null(), z.array(PayloadShape).max(50), z.record(z.string().max(100), PayloadShape)]),
);
/** Of a field in a JSON answer: `state`, `task_instances.0.state`. */
const Field = z.string().regex(/^[A-Za-z0-9_-]{1,60}(\.[A-Za-z0-9_-]{1,60}){0,7}$/);
const Statuses = z.array(z.number().int().min(200).max(499)).min(1).max(20);

const FieldValues = z
  .array(z.union([Scalar, z.null()]))
  .min(1)
  .max(20);

/**
 * Expected answer: its status is one of these and, where a field is named, its value is one of `in` or none of `not`. A
 * text that is one `{parameter}` is that parameter's value.
 */
export const Expectation = z
  .strictObject({
    status: Statuses.default([200]),
    field: Field.optional(),
    in: FieldValues.optional(),
    not: FieldValues.optional(),
  })
  .refine(
    ({ field, in: wanted, not }) => [wanted, not].filter((values) => values !== undefined).length === (field ? 1 : 0),
    'a field needs either in or not',
  );
export type Expectation = z.infer<typeof Expectation>;

/**
 * How the effect of a call is read back: an answer that matches `done` shows it; one that matches `before` shows that
 * nothing happened yet.
 */
const Observe = z.strictObject({ endpoint: Template, done: Expectation, before: Expectation });
export type Observe = z.infer<typeof Observe>;

const Call = z.strictObject({
  /** `name:/path` or a full URL; `{parameter}` stands for one part of the path or of the query. */
  endpoint: Template,
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  payload: PayloadShape.optional(),
  success: Expectation.prefault({}),
});
export type Call = z.infer<typeof Call>;

/** A GET that must get this answer before the alarm is looked at, or for a job to have recovered; `failed` ends the wait. */
const Verify = z.strictObject({ endpoint: Template, success: Expectation, failed: Expectation.optional() });

const common = {
  id: PlaybookId,
  title: z.string().min(3).max(120),
  /** What happens to what, with `{parameter}`. People approve this sentence. */
  description: z
    .string()
    .min(20)
    .max(400)
    .regex(/^[A-Z].*\.$/s, 'write a sentence: a capital first, a full stop last'),
  risk: Risk,
  /**
   * `reversible`: there is an undo. `transient`: a restart or a check, with nothing to restore. `irreversible`:
   * something is lost.
   */
  reversibility: z.enum(['reversible', 'transient', 'irreversible']),
  /** 0 to 1: how likely it helps where it fits. Verified outcomes correct it. */
  confidence: z.number().min(0).max(1).default(0.7),
  when: z.strictObject({
    classes: z.array(FailureClass).min(1),
    /** Absent: every service that allows the playbook. */
    services: z.array(z.string()).min(1).optional(),
    alarms: z.array(z.string()).min(1).optional(),
    /** For failed jobs of these kinds, and for nothing else. Absent: for alarms. */
    jobs: z.array(z.enum(PLAYBOOK_JOBS)).min(1).optional(),
  }),
  parameters: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,39}$/), ParameterSpec).default({}),
};

const ApiCall = z.strictObject({
  ...common,
  kind: z.literal('api_call'),
  ...Call.shape,
  /** Per request; a function has 60. */
  timeoutSeconds: z.number().int().min(1).max(20).default(10),
  /** Repeating it does no harm. Required without `observe`. */
  idempotent: z.boolean().default(false),
  observe: Observe.optional(),
  verify: Verify.optional(),
  undo: Call.optional(),
});

const DocumentRun = z.strictObject({
  /** In this account and region; documents of other accounts and of AWS are refused. */
  document: z.string().regex(/^[A-Za-z0-9_.-]{3,128}$/),
  /** A number, or the document's default version. */
  version: z
    .string()
    .regex(/^(\$DEFAULT|\d{1,6})$/)
    .default('$DEFAULT'),
  /** The document's parameters. */
  arguments: z.record(z.string().regex(/^[A-Za-z0-9]{1,64}$/), Template).default({}),
});
export type DocumentRun = z.infer<typeof DocumentRun>;

const SsmDocument = z.strictObject({
  ...common,
  kind: z.literal('ssm_document'),
  ...DocumentRun.shape,
  /** How long an execution may take before it counts as failed. */
  timeoutSeconds: z.number().int().min(10).max(3600).default(600),
  /** The role that a document of yours assumes, which must be passed on. Selfheal's own documents have theirs. */
  role: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/)
    .optional(),
  undo: DocumentRun.optional(),
});

const SsmParameter = z.strictObject({
  ...common,
  kind: z.literal('ssm_parameter'),
  /** Name of the parameter in the Parameter Store. */
  name: Template,
  /** Its value before the switch; any value other than this and `to` stops the action. */
  before: Template,
  to: Template,
});

/** A user's remedy: a call of an allowed endpoint, a run of an own SSM document, or a switch in the Parameter Store. */
export const Playbook = z.discriminatedUnion('kind', [ApiCall, SsmDocument, SsmParameter]);
export type Playbook = z.infer<typeof Playbook>;
export type ApiCallPlaybook = z.infer<typeof ApiCall>;
export type SsmDocumentPlaybook = z.infer<typeof SsmDocument>;
export type SsmParameterPlaybook = z.infer<typeof SsmParameter>;

/**
 * Names available in every template besides the playbook's parameters: the service, and a key that is new for each
 * alarm.
 */
export const BUILT_IN_NAMES = ['service', 'key'] as const;

/** True when the answer is as expected. A missing field is `null`. */
export function meets(
  { status, body }: { status: number; body: unknown },
  expected: Expectation,
  values: Values,
): boolean {
  if (!expected.status.includes(status)) return false;
  if (expected.field === undefined) return true;
  const found = fieldOf(body, expected.field);
  const isAmong = (list: Payload) => (fillPayload(list, values) as readonly unknown[]).includes(found);
  return expected.in === undefined ? !isAmong(expected.not ?? []) : isAmong(expected.in);
}

function fieldOf(body: unknown, path: string): unknown {
  let at: unknown = body;
  for (const part of path.split('.')) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, part)) return null;
    at = (at as Record<string, unknown>)[part];
  }
  return at;
}

/** The playbooks that a service allows: an id, or an id with this service's values. */
export const AllowedPlaybooks = z
  .array(
    z.union([
      PlaybookId.transform((id) => ({ id, with: {} })),
      z.strictObject({ id: PlaybookId, with: z.record(z.string(), Scalar).default({}) }),
    ]),
  )
  .max(30)
  .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'lists a playbook twice')
  .default([]);

/** The valid playbooks that some service allows. People write them as files; the build puts them here. */
export const Playbooks = z.array(Playbook).max(200).default([]);
