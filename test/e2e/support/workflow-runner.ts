import { spawn } from 'node:child_process';
import { cp, glob, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { type Contexts, evaluate, type Functions, interpolate, isTrue, PURE_FUNCTIONS } from './workflow-expression.ts';

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string | number>>;
  readonly 'continue-on-error'?: boolean;
}
interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly strategy?: { readonly matrix?: Readonly<Record<string, readonly unknown[]>> };
  readonly env?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly jobs: Readonly<Record<string, Job>>;
}

type Result = 'success' | 'failure' | 'skipped';
interface JobEnd {
  readonly result: Result;
  readonly outputs: Readonly<Record<string, string>>;
}

/** What one step did. `never-run`: it needs Docker, a registry or the network; it is linted only. */
interface StepEnd {
  readonly job: string;
  readonly step: string;
  readonly outcome: Result | 'never-run';
  readonly log: string;
}

export interface RunnerOptions {
  /** The workflow file. */
  readonly workflow: string;
  /** `action.yml` of the Action and its built entry. */
  readonly action: { readonly file: string; readonly entry: string };
  /** Folder that `actions/checkout` gives to each job. */
  readonly checkout: string;
  /** Folder of the run: workspaces, artifacts, files of the runner. */
  readonly folder: string;
  /** Folder of the caches, which outlive a run. */
  readonly caches: string;
  /** `event_name`, `ref`, `event`, ... */
  readonly github: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  /** Variables of each job, such as those of GitHub's runner. */
  readonly environment: Readonly<Record<string, string>>;
  /** Puts files in place of a step that cannot be run here, by the part of `uses` before `@`. */
  readonly standIns: Readonly<Record<string, (workspace: string) => Promise<void>>>;
  /** Names of `run` steps that need what is not here. */
  readonly neverRun: readonly string[];
  /** Legs of a matrix that are run; the others would do the same. */
  readonly leg: (matrix: Readonly<Record<string, unknown>>) => boolean;
}

export interface WorkflowEnd {
  readonly steps: readonly StepEnd[];
  readonly jobs: Readonly<Record<string, JobEnd>>;
  /** Folder of the artifacts, one folder each. */
  readonly artifacts: string;
}

const OWN = /^acme\/selfheal@/;

/**
 * Runs a workflow as GitHub's runner would: jobs in the order of `needs`, legs of a matrix, conditions, outputs, artifacts and caches. Steps of the Action
 * run the built entry as a process of its own; `run` steps run in Bash.
 */
export async function runWorkflow(options: RunnerOptions): Promise<WorkflowEnd> {
  const workflow = parse(await readFile(options.workflow, 'utf8')) as Workflow;
  const action = parse(await readFile(options.action.file, 'utf8')) as {
    inputs: Readonly<Record<string, { default?: string }>>;
  };
  const steps: StepEnd[] = [];
  const ends: Record<string, JobEnd> = {};
  const artifacts = join(options.folder, 'artifacts');
  await mkdir(artifacts, { recursive: true });
  for (const [id, job] of inOrder(workflow)) {
    const needs = Object.fromEntries(listOf(job.needs).map((name) => [name, ends[name] as JobEnd]));
    const results = Object.values(needs).map(({ result }) => result);
    const functions: Functions = {
      ...PURE_FUNCTIONS,
      always: () => true,
      cancelled: () => false,
      success: () => results.every((result) => result === 'success'),
      failure: () => results.includes('failure'),
    };
    const base = { github: options.github, secrets: options.secrets ?? {}, vars: options.vars ?? {}, needs };
    if (!isOn(job.if, base, functions)) {
      ends[id] = { result: 'skipped', outputs: {} };
      continue;
    }
    const legs = legsOf(job).filter((matrix) => options.leg(matrix));
    const run: JobEnd[] = [];
    for (const matrix of legs) run.push(await runJob({ id, job, matrix, base, options, action, steps, artifacts }));
    ends[id] = {
      result: run.some(({ result }) => result === 'failure') ? 'failure' : 'success',
      outputs: run.at(-1)?.outputs ?? {},
    };
  }
  return { steps, jobs: ends, artifacts };
}

interface JobRig {
  readonly id: string;
  readonly job: Job;
  readonly matrix: Readonly<Record<string, unknown>>;
  readonly base: Contexts;
  readonly options: RunnerOptions;
  readonly action: { readonly inputs: Readonly<Record<string, { default?: string }>> };
  readonly steps: StepEnd[];
  readonly artifacts: string;
}

async function runJob(rig: JobRig): Promise<JobEnd> {
  const { id, job, matrix, base, options, steps } = rig;
  const name = [id, ...Object.values(matrix)].join('-');
  const workspace = join(options.folder, name, 'workspace');
  await mkdir(workspace, { recursive: true });
  const done: Record<string, { outcome: Result; conclusion: Result; outputs: Record<string, string> }> = {};
  let failed = false;
  const functions: Functions = {
    ...PURE_FUNCTIONS,
    always: () => true,
    cancelled: () => false,
    success: () => !failed,
    failure: () => failed,
  };
  const fill = (text: string, contexts: Contexts): string => interpolate(text, contexts, functions);
  const contexts = (): Contexts => ({ ...base, matrix, steps: done });
  const jobEnv: Record<string, string> = Object.fromEntries(
    Object.entries(job.env ?? {}).map(([key, value]) => [key, fill(value, contexts())]),
  );
  for (const [at, step] of job.steps.entries()) {
    const title = step.name ?? step.uses?.split('@')[0] ?? step.run ?? '';
    const env = { ...jobEnv };
    for (const [key, value] of Object.entries(step.env ?? {}))
      env[key] = fill(String(value), { ...contexts(), env: jobEnv });
    const all = { ...contexts(), env };
    const outputs: Record<string, string> = {};
    let end: Omit<StepEnd, 'job' | 'step'> = { outcome: 'skipped', log: '' };
    if (step.if === undefined ? !failed : isOn(step.if, all, functions)) {
      const given = Object.fromEntries(
        Object.entries(step.with ?? {}).map(([key, value]) => [key, fill(String(value), all)]),
      );
      const files = join(options.folder, name, `step-${at}`);
      await mkdir(files, { recursive: true });
      end = await runStep({ step, given, env, workspace, files, rig });
      Object.assign(outputs, await namesIn(join(files, 'output')));
      Object.assign(jobEnv, await namesIn(join(files, 'env')));
    }
    steps.push({ job: name, step: title, ...end });
    const outcome: Result = end.outcome === 'never-run' ? 'success' : end.outcome;
    const forgiven = step['continue-on-error'] === true;
    if (outcome === 'failure' && !forgiven) failed = true;
    if (step.id !== undefined)
      done[step.id] = { outcome, conclusion: outcome === 'failure' && forgiven ? 'success' : outcome, outputs };
  }
  const outputs = Object.fromEntries(
    Object.entries(job.outputs ?? {}).map(([key, value]) => [key, fill(value, contexts())]),
  );
  return { result: failed ? 'failure' : 'success', outputs };
}

const namesIn = async (file: string) => outputsIn(await readFile(file, 'utf8').catch(() => ''));

interface StepRig {
  readonly step: Step;
  readonly given: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly workspace: string;
  readonly files: string;
  readonly rig: JobRig;
}

async function runStep(given: StepRig): Promise<Omit<StepEnd, 'job' | 'step'>> {
  const { step, env, workspace, files, rig } = given;
  const { options } = rig;
  const environment = {
    PATH: process.env.PATH ?? '',
    HOME: workspace,
    ...options.environment,
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: String((rig.base.github as { repository?: unknown }).repository),
    GITHUB_OUTPUT: join(files, 'output'),
    GITHUB_ENV: join(files, 'env'),
    GITHUB_STEP_SUMMARY: join(files, 'summary.md'),
    ...env,
  };
  if (options.neverRun.includes(step.name ?? '')) return { outcome: 'never-run', log: '' };
  if (step.run !== undefined)
    return await execute('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], environment, workspace);
  const uses = (step.uses ?? '').split('@')[0] ?? '';
  if (OWN.test(step.uses ?? '')) {
    const inputs = Object.entries(rig.action.inputs).map(([name, { default: value = '' }]) => [
      `INPUT_${name.toUpperCase()}`,
      given.given[name] ?? interpolate(value, rig.base, PURE_FUNCTIONS),
    ]);
    const more = Object.fromEntries(inputs) as Record<string, string>;
    return await execute(process.execPath, [options.action.entry], { ...environment, ...more }, workspace);
  }
  const ours = OF_GITHUB[uses];
  const standIn = options.standIns[uses];
  if (ours !== undefined) await ours(given);
  else if (standIn !== undefined) await standIn(workspace);
  else return { outcome: 'never-run', log: '' };
  return { outcome: 'success', log: '' };
}

/** Actions of GitHub that move files: what they do here is what their documentation says. */
const OF_GITHUB: Readonly<Record<string, (rig: StepRig) => Promise<void>>> = {
  'actions/checkout': ({ workspace, rig }) => cp(rig.options.checkout, workspace, { recursive: true }),
  'actions/setup-node': async () => {},
  async 'actions/upload-artifact'({ given, workspace, rig }) {
    const paths = (given.path ?? '').split('\n').flatMap((path) => (path.trim() === '' ? [] : [path.trim()]));
    const target = join(rig.artifacts, given.name ?? 'artifact');
    if (await exists(target)) throw new Error(`There is an artifact ${given.name} already.`);
    // Below the folder that all paths have in common; of one path that is itself.
    const root = paths.length === 1 ? resolve(workspace, paths[0] ?? '') : workspace;
    for (const path of paths) {
      const from = resolve(workspace, path);
      if (!(await exists(from))) continue;
      const to = join(target, relative(root, from));
      await mkdir(dirname(to), { recursive: true });
      await cp(from, to, { recursive: true });
    }
  },
  async 'actions/download-artifact'({ given, workspace, rig }) {
    for await (const name of glob(given.pattern ?? '*', { cwd: rig.artifacts }))
      await cp(join(rig.artifacts, name), join(workspace, given.path ?? '.', name), { recursive: true });
  },
  async 'actions/cache/restore'({ given, workspace, rig }) {
    const { caches } = rig.options;
    const times = new Map<string, number>();
    for await (const name of glob('*', { cwd: caches })) times.set(name, (await stat(join(caches, name))).mtimeMs);
    const newest = [...times].sort((a, b) => b[1] - a[1]).map(([name]) => name);
    const found =
      newest.find((name) => name === given.key) ?? newest.find((name) => name.startsWith(given['restore-keys'] ?? '-'));
    if (found !== undefined) await cp(join(caches, found), join(workspace, given.path ?? ''), { recursive: true });
  },
  async 'actions/cache/save'({ given, workspace, rig }) {
    const from = join(workspace, given.path ?? '');
    if (await exists(from)) await cp(from, join(rig.options.caches, given.key ?? ''), { recursive: true });
  },
};

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

function execute(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<{ outcome: Result; log: string }> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...env } as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    const keep = (piece: Buffer): void => {
      log += piece.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', fail);
    child.on('close', (code) => done({ outcome: code === 0 ? 'success' : 'failure', log }));
  });
}

const listOf = (needs: Job['needs']): readonly string[] => (needs === undefined ? [] : [needs].flat());

/** Each job after those that it waits for. */
function inOrder({ jobs }: Workflow): [string, Job][] {
  const ordered = new Map<string, Job>();
  const add = (id: string): void => {
    const job = jobs[id];
    if (job === undefined) throw new Error(`There is no job ${id}.`);
    for (const before of listOf(job.needs)) if (!ordered.has(before)) add(before);
    ordered.set(id, job);
  };
  for (const id of Object.keys(jobs)) if (!ordered.has(id)) add(id);
  return [...ordered];
}

function isOn(condition: string | undefined, contexts: Contexts, functions: Functions): boolean {
  if (condition === undefined) return isTrue(functions.success?.());
  const text = condition.replace(/^\$\{\{(.*)\}\}$/s, '$1');
  const asksForStatus = /\b(?:always|failure|cancelled|success)\(/.test(text);
  return isTrue(evaluate(text, contexts, functions)) && (asksForStatus || isTrue(functions.success?.()));
}

/** Each combination of the lists of a matrix; `include` alone gives its own. */
function legsOf({ strategy }: Job): Readonly<Record<string, unknown>>[] {
  const { include, ...lists } = strategy?.matrix ?? {};
  if (include !== undefined) return include as Record<string, unknown>[];
  return Object.entries(lists).reduce<Record<string, unknown>[]>(
    (legs, [key, values]) => legs.flatMap((leg) => values.map((value) => ({ ...leg, [key]: value }))),
    [{}],
  );
}

/** Reads the file of outputs as the runner does. */
export function outputsIn(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const [name = '', delimiter] = (lines[at] ?? '').split('<<');
    if (delimiter === undefined) continue;
    const end = lines.indexOf(delimiter, at + 1);
    outputs[name] = lines.slice(at + 1, end).join('\n');
    at = end;
  }
  return outputs;
}
