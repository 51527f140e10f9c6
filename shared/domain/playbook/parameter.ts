import { problemOfPattern } from '@selfheal/log-reading/logs/pattern-safety.ts';
import * as z from 'zod';

export const Scalar = z.union([z.string().max(1024), z.number(), z.boolean()]);
export type Scalar = z.infer<typeof Scalar>;

/** Service facts that a parameter can be taken from. */
const CATALOGUE_FACTS = ['service', 'logGroup', 'functionName', 'alias', 'cluster', 'ecsService'] as const;

/** Facts about the failed job that a parameter of a playbook with `when.jobs` can be taken from. */
const JOB_FACTS = ['job.dag', 'job.run', 'job.task'] as const;
export type JobFact = (typeof JOB_FACTS)[number];

/**
 * One parameter of a playbook: a JSON schema of the few kinds that can be checked completely. Every parameter is
 * required.
 */
export const ParameterSpec = z.strictObject({
  type: z.enum(['string', 'integer', 'number', 'boolean']),
  description: z.string().max(300).optional(),
  enum: z.array(Scalar).min(1).max(50).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().int().min(0).optional(),
  maxLength: z.number().int().min(0).max(1024).optional(),
  /** For the whole value; refused unless it is linear by its form. */
  pattern: z.string().max(300).optional(),
  /** The same for every service. */
  value: Scalar.optional(),
  /** Taken from the service or the failed job. Without `value` and `from` the service's `with` must provide it. */
  from: z.enum([...CATALOGUE_FACTS, ...JOB_FACTS]).optional(),
});
export type ParameterSpec = z.infer<typeof ParameterSpec>;

const VISIBLE = /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u;

export const isJobFact = (fact: ParameterSpec['from']): fact is JobFact => JOB_FACTS.some((one) => one === fact);

/**
 * The schema of a parameter's value. Throws a SyntaxError for a pattern that does not compile; `problemsOfParameter`
 * reports that first.
 */
export function valueSchema(spec: ParameterSpec): z.ZodType<Scalar> {
  const allowed = spec.enum;
  const base = withoutEnum(spec);
  return allowed === undefined ? base : base.refine((value) => allowed.includes(value), 'must be one of the enum');
}

function withoutEnum(spec: ParameterSpec): z.ZodType<Scalar> {
  const atLeast = spec.minimum ?? Number.NEGATIVE_INFINITY;
  const atMost = spec.maximum ?? Number.POSITIVE_INFINITY;
  switch (spec.type) {
    case 'string': {
      const text = z
        .string()
        .min(spec.minLength ?? 0)
        .max(spec.maxLength ?? 1024)
        .regex(VISIBLE, 'it holds a control character');
      return spec.pattern === undefined ? text : text.regex(new RegExp(`^(?:${spec.pattern})$`));
    }
    case 'integer':
      return z.number().int().min(atLeast).max(atMost);
    case 'number':
      return z.number().min(atLeast).max(atMost);
    case 'boolean':
      return z.boolean();
    default:
      return spec.type satisfies never;
  }
}

/** Why a parameter cannot be used, and how to fix it; empty when it can. */
export function problemsOfParameter(spec: ParameterSpec): string[] {
  const contradictions = contradictionsOf(spec);
  return contradictions.length > 0 ? contradictions : unsatisfiableOf(spec);
}

function contradictionsOf(spec: ParameterSpec): string[] {
  const isText = spec.type === 'string';
  const isNumber = spec.type === 'integer' || spec.type === 'number';
  const problems = [
    ...(!isNumber && (spec.minimum ?? spec.maximum) !== undefined
      ? [`minimum and maximum do not go with the type ${spec.type}`]
      : []),
    ...(!isText && (spec.minLength ?? spec.maxLength ?? spec.pattern) !== undefined
      ? [`minLength, maxLength and pattern do not go with the type ${spec.type}`]
      : []),
    ...(spec.from !== undefined && !isText ? ['a value from the service is a string: write type: string'] : []),
    ...(spec.from !== undefined && spec.value !== undefined ? ['give either value or from, not both'] : []),
    ...patternProblem(spec.pattern),
  ];
  const free = isText && (spec.pattern ?? spec.enum ?? spec.value ?? spec.from) === undefined;
  return free ? [...problems, 'free text is not allowed: give it a pattern, an enum, a value or from'] : problems;
}

function patternProblem(pattern: string | undefined): string[] {
  if (pattern === undefined) return [];
  try {
    new RegExp(`^(?:${pattern})$`);
  } catch {
    return ['the pattern does not compile'];
  }
  const problem = problemOfPattern(pattern);
  return problem === null ? [] : [`the pattern may be slow: ${problem}`];
}

function unsatisfiableOf(spec: ParameterSpec): string[] {
  const { minimum: low = Number.NEGATIVE_INFINITY, maximum: high = Number.POSITIVE_INFINITY } = spec;
  if (low > high) return [`no value fits: minimum ${low} is above maximum ${high}`];
  if ((spec.minLength ?? 0) > (spec.maxLength ?? 1024)) return ['no value fits: minLength is above maxLength'];
  if (spec.type === 'integer' && Math.ceil(low) > high) return [`no whole number is between ${low} and ${high}`];
  const unfit = (spec.enum ?? []).filter((value) => !withoutEnum(spec).safeParse(value).success);
  if (unfit.length > 0) return [`the enum contains ${JSON.stringify(unfit[0])}, which does not fit the rest`];
  if (spec.value === undefined || valueSchema(spec).safeParse(spec.value).success) return [];
  return [`the value ${JSON.stringify(spec.value)} does not fit its own schema`];
}
