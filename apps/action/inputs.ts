import { InvalidInput } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import { StatePlace } from '#apps/workbench/input/state-place.ts';
import { type Environment, inputOf } from './runner.ts';

/** What `fail-on` may name: kinds of bad news that fail the step. */
const FAIL_ON = ['tests', 'findings', 'gates', 'flaky', 'architecture', 'triage'] as const;
export type FailOn = (typeof FAIL_ON)[number];

const lines = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');

const Lines = z.string().transform(lines);
const Days = z
  .string()
  .regex(/^(?:|[1-9]\d?)$/, 'expected a number of days up to 99')
  .transform((given) => (given === '' ? null : Number(given)));
/** The outcome of an earlier step, as GitHub words it, or the exit code of its program. */
const ExitCode = z
  .string()
  .regex(
    /^(?:|success|skipped|failure|cancelled|\d{1,3})$/,
    'expected an exit code, or success, failure, cancelled or skipped',
  )
  .transform((given) => {
    if (given === '' || given === 'success' || given === 'skipped') return 0;
    return /^\d+$/.test(given) ? Math.min(255, Number(given)) : 1;
  });
const NONE = 'none';
const FailOnInput = Lines.pipe(
  z.array(z.enum([...FAIL_ON, NONE], `expected ${FAIL_ON.join(', ')} or ${NONE}`)),
).transform((given) => FAIL_ON.filter((kind) => given.includes(kind)));

/** The inputs of `action.yml` in camel case. A list has commas or lines; null: not given. */
const ActionInputs = z.object({
  task: Lines.pipe(z.array(z.string()).min(1, 'name at least one task')),
  name: z.string().max(100),
  reports: Lines,
  logs: Lines,
  metrics: Lines,
  'coverage-map': Lines,
  selection: z.string(),
  'quarantine-days': Days,
  results: z.string(),
  needs: z.string(),
  patch: z.string(),
  runner: z.string(),
  check: z.string().max(100),
  model: z.string().max(200),
  path: z.string(),
  out: z.string(),
  'fail-on': FailOnInput,
  'exit-code': ExitCode,
  token: z.string(),
  state: StatePlace,
});
type Given = z.infer<typeof ActionInputs>;
type Camel<S extends string> = S extends `${infer A}-${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S;
export type ActionInputs = { readonly [K in keyof Given as Camel<K>]: Given[K] };

const DEFAULTS: Readonly<Partial<Record<keyof Given, string>>> = {
  results: 'selfheal-results',
  path: '.',
  out: 'selfheal-reports',
  'fail-on': 'gates',
  state: '.selfheal/state',
};

/** Throws `InvalidInput`, naming each input that cannot be used. */
export function readInputs(environment: Environment): ActionInputs {
  const names = Object.keys(ActionInputs.shape) as (keyof Given)[];
  const given = Object.fromEntries(names.map((name) => [name, inputOf(environment, name) || (DEFAULTS[name] ?? '')]));
  const parsed = ActionInputs.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path: [name = ''], message }) => `${String(name)}: "${shortOf(given[String(name)])}": ${message}`,
    );
    throw new InvalidInput(`The inputs of the Action cannot be used. ${problems.join('. ')}.`);
  }
  const camel = (name: string): string => name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(parsed.data).map(([name, value]) => [camel(name), value])) as ActionInputs;
}

const shortOf = (text = ''): string => (text.length > 100 ? `${text.slice(0, 100)}...` : text);
