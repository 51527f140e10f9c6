import { type AllowedEndpoint, resolveEndpoint } from './http-endpoints.ts';
import { isJobFact, problemsOfParameter } from './parameter.ts';
import { type ApiCallPlaybook, BUILT_IN_NAMES, Playbook } from './playbook.ts';
import { type Payload, placeholdersOf } from './template.ts';

/** A problem in a playbook: where, and how to fix it. */
export interface PlaybookProblem {
  readonly path: readonly PropertyKey[];
  readonly reason: string;
  /** Valid except that its endpoint is not in the configuration yet. */
  readonly unlisted?: boolean;
}

export type PlaybookVerdict =
  | { readonly kind: 'sound'; readonly playbook: Playbook }
  | { readonly kind: 'unsound'; readonly problems: readonly PlaybookProblem[] };

/** Parses one playbook and lists all its problems. */
export function judgePlaybook(value: unknown, endpoints: readonly AllowedEndpoint[]): PlaybookVerdict {
  const parsed = Playbook.safeParse(value);
  if (!parsed.success) {
    return { kind: 'unsound', problems: parsed.error.issues.map(({ path, message }) => ({ path, reason: message })) };
  }
  const playbook = parsed.data;
  const problems = [
    ...parameterProblems(playbook),
    ...jobProblems(playbook),
    ...reversalProblems(playbook),
    ...kindProblems(playbook, endpoints),
  ];
  return problems.length === 0 ? { kind: 'sound', playbook } : { kind: 'unsound', problems };
}

/** All texts of a playbook that may contain parameters, with their places. */
function templatesOf(playbook: Playbook): { path: readonly string[]; template: Payload }[] {
  const description = { path: ['description'], template: playbook.description };
  switch (playbook.kind) {
    case 'api_call':
      return [
        description,
        { path: ['payload'], template: playbook.payload ?? null },
        { path: ['undo', 'payload'], template: playbook.undo?.payload ?? null },
        ...endpointsOf(playbook).map(({ path, endpoint }) => ({ path, template: endpoint })),
        ...expectationsOf(playbook),
      ];
    case 'ssm_document':
      return [
        description,
        { path: ['arguments'], template: playbook.arguments },
        { path: ['undo', 'arguments'], template: playbook.undo?.arguments ?? null },
      ];
    case 'ssm_parameter':
      return [
        description,
        ...(['name', 'before', 'to'] as const).map((key) => ({ path: [key], template: playbook[key] })),
      ];
    default:
      return playbook satisfies never;
  }
}

function endpointsOf({ endpoint, observe, verify, undo }: ApiCallPlaybook): { path: string[]; endpoint: string }[] {
  const inner = Object.entries({ observe, verify, undo }).flatMap(([key, call]) =>
    call === undefined ? [] : [{ path: [key, 'endpoint'], endpoint: call.endpoint }],
  );
  return [{ path: ['endpoint'], endpoint }, ...inner];
}

function expectationsOf({ success, observe, verify, undo }: ApiCallPlaybook): { path: string[]; template: Payload }[] {
  const all = [
    { path: ['success'], expected: success },
    { path: ['observe', 'done'], expected: observe?.done },
    { path: ['observe', 'before'], expected: observe?.before },
    { path: ['verify', 'success'], expected: verify?.success },
    { path: ['verify', 'failed'], expected: verify?.failed },
    { path: ['undo', 'success'], expected: undo?.success },
  ];
  return all.map(({ path, expected }) => ({ path, template: [...(expected?.in ?? []), ...(expected?.not ?? [])] }));
}

function parameterProblems(playbook: Playbook): PlaybookProblem[] {
  const known = Object.keys(playbook.parameters);
  const usable = new Set<string>([...known, ...BUILT_IN_NAMES]);
  const templates = templatesOf(playbook);
  const used = new Set(templates.flatMap(({ template }) => placeholdersOf(template)));
  const unknown = templates.flatMap(({ path, template }) =>
    placeholdersOf(template)
      .filter((name) => !usable.has(name))
      .map((name) => ({
        path,
        reason: `{${name}} is not a parameter: declare it under parameters or correct the name`,
      })),
  );
  const own = known.flatMap((name) => {
    const path = ['parameters', name];
    const problems = problemsOfParameter(playbook.parameters[name] ?? { type: 'string' });
    const taken = BUILT_IN_NAMES.some((built) => built === name) ? ['the name is built in: choose another'] : [];
    const idle = used.has(name) ? [] : [`{${name}} is not used: use it or leave it out`];
    return [...problems, ...taken, ...idle].map((reason) => ({ path, reason }));
  });
  return [...unknown, ...own];
}

function jobProblems({ when, parameters }: Playbook): PlaybookProblem[] {
  if (when.jobs !== undefined)
    return when.alarms === undefined
      ? []
      : [{ path: ['when', 'alarms'], reason: 'a playbook for jobs looks at no alarm: leave alarms out' }];
  return Object.entries(parameters)
    .filter(([, { from }]) => isJobFact(from))
    .map(([name, { from }]) => ({
      path: ['parameters', name, 'from'],
      reason: `${from} is a fact about a failed job: add when.jobs, such as [airflow-task]`,
    }));
}

function reversalProblems(playbook: Playbook): PlaybookProblem[] {
  const canUndo = playbook.kind === 'ssm_parameter' || playbook.undo !== undefined;
  const path = ['reversibility'];
  switch (playbook.reversibility) {
    case 'reversible':
      return canUndo ? [] : [{ path, reason: 'reversible, but it has no undo: add one or set transient' }];
    case 'irreversible':
      return [
        ...(canUndo ? [{ path, reason: 'it has an undo: set reversible' }] : []),
        ...(playbook.risk === 'low'
          ? [{ path: ['risk'], reason: 'an irreversible playbook must not have low risk' }]
          : []),
      ];
    case 'transient':
      return canUndo ? [{ path, reason: 'it has an undo: set reversible' }] : [];
    default:
      return playbook.reversibility satisfies never;
  }
}

function kindProblems(playbook: Playbook, endpoints: readonly AllowedEndpoint[]): PlaybookProblem[] {
  switch (playbook.kind) {
    case 'api_call':
      return [...callProblems(playbook), ...endpointProblems(playbook, endpoints)];
    case 'ssm_document': {
      const runs = [
        { path: ['document'], name: playbook.document },
        { path: ['undo', 'document'], name: playbook.undo?.document },
      ];
      return runs.flatMap(({ path, name }) => {
        const reason = name === undefined ? null : documentProblem(name);
        return reason === null ? [] : [{ path, reason }];
      });
    }
    case 'ssm_parameter':
      return playbook.before === playbook.to
        ? [{ path: ['to'], reason: 'before and to are the same: nothing is switched' }]
        : [];
    default:
      return playbook satisfies never;
  }
}

/** Documents of AWS accept free text and change without notice. */
function documentProblem(name: string): string | null {
  return /^(aws|amazon)/i.test(name)
    ? `${name} is a document of AWS: wrap it in one of your own with fixed steps`
    : null;
}

function callProblems({ method, observe, idempotent, payload, undo }: ApiCallPlaybook): PlaybookProblem[] {
  return [
    ...(observe === undefined && !idempotent
      ? [
          {
            path: [],
            reason: 'its effect cannot be read back: add observe, or set idempotent: true if repeating it does no harm',
          },
        ]
      : []),
    ...(method === 'GET' && payload !== undefined ? [{ path: ['payload'], reason: 'a GET carries no payload' }] : []),
    ...(undo !== undefined && observe === undefined
      ? [{ path: ['undo'], reason: 'an undo needs observe, so that only what happened is undone' }]
      : []),
  ];
}

/** Placeholders may only be parts of the path, so that a value can never choose the host. */
function endpointProblems(playbook: ApiCallPlaybook, endpoints: readonly AllowedEndpoint[]): PlaybookProblem[] {
  return endpointsOf(playbook).flatMap(({ path, endpoint }): PlaybookProblem[] => {
    if (/^(https?:\/\/)?[^/?#]*\{/i.test(endpoint))
      return [{ path, reason: 'the host contains a parameter: write the host out' }];
    const answer = resolveEndpoint(endpoint.replace(/\{[A-Za-z][A-Za-z0-9]*\}/g, 'x'), endpoints);
    return answer.kind === 'allowed' ? [] : [{ path, reason: answer.reason, unlisted: answer.unlisted }];
  });
}
