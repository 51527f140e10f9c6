import type { Answer } from '@selfheal/fake-server/wire.ts';
import { parse } from 'yaml';
import { gitCommit } from './git-objects.ts';
import { githubError, NotFound, type Route, type RouteContext, repositoryIn } from './route.ts';
import { bodyOf, headOf } from './routes-git.ts';

const DOCS = 'https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event';
const MAX_INPUTS = 25;
const MAX_CHARACTERS = 65_535;

interface DispatchedWorkflow {
  readonly name?: string;
  readonly 'run-name'?: string;
  readonly on?: unknown;
}
type Inputs = Readonly<Record<string, string>>;

const unprocessable = (message: string): Answer => githubError(422, message, DOCS);
const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** GitHub's refusal of these inputs, or null. */
function refusalOf({ on }: DispatchedWorkflow, inputs: Readonly<Record<string, unknown>>): Answer | null {
  const trigger = objectOf(on);
  if (on !== 'workflow_dispatch' && !Object.hasOwn(trigger, 'workflow_dispatch')) {
    return unprocessable("Workflow does not have 'workflow_dispatch' trigger");
  }
  const declared = objectOf(objectOf(trigger.workflow_dispatch).inputs);
  const unexpected = Object.keys(inputs).filter((name) => !Object.hasOwn(declared, name));
  if (unexpected.length > 0) return unprocessable(`Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
  const missing = Object.keys(declared).find((name) => objectOf(declared[name]).required === true && !inputs[name]);
  if (missing !== undefined) return unprocessable(`Required input '${missing}' not provided`);
  const isTooLarge = Object.keys(inputs).length > MAX_INPUTS || JSON.stringify(inputs).length > MAX_CHARACTERS;
  return isTooLarge ? unprocessable('inputs are too large.') : null;
}

/** Runs the workflow in its version at the head of the branch; the inputs give the title. */
function dispatch(context: RouteContext): Answer {
  const { fullName } = repositoryIn(context);
  const { ref, inputs: given = {} } = bodyOf(context);
  const path = `.github/workflows/${context.params.workflow_id}`;
  const head = typeof ref === 'string' ? headOf(context, `heads/${ref.replace(/^refs\/heads\//, '')}`) : null;
  if (typeof ref !== 'string' || head === null) return unprocessable(`No ref found for: ${String(ref)}`);
  const text = gitCommit(context.state, fullName, head)?.files[path];
  if (text === undefined) throw new NotFound('workflow');
  const workflow = objectOf(parse(text)) as DispatchedWorkflow;
  const refusal = refusalOf(workflow, objectOf(given));
  if (refusal !== null) return refusal;
  const inputs = given as Inputs;
  const title = (workflow['run-name'] ?? workflow.name ?? path).replace(
    /\$\{\{ inputs\.(\w+) \}\}/g,
    (_, name: string) => inputs[name] ?? '',
  );
  context.journal.record('github.workflow.dispatched', `${fullName}/${path}`, { title });
  context.dispatched({
    repository: fullName,
    path,
    name: workflow.name ?? path,
    branch: ref,
    sha: head,
    title,
    inputs,
  });
  return { status: 204, json: undefined };
}

export const DISPATCH_ROUTES: readonly Route[] = [
  {
    operation: 'actions/create-workflow-dispatch',
    method: 'POST',
    path: '/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
    handle: dispatch,
  },
];
