import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  DRY_RUN_OPTION,
  defineCommand,
  type ExitCode,
  JSON_OPTION,
  lineOf,
  listOf,
  type OptionSpecs,
  type OptionValues,
  shareOption,
  UsageError,
} from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { present } from '@selfheal/kernel/present.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { writeOutput } from '#shared/adapters/system/output-files.ts';
import { Risk } from '#shared/domain/plan/bound-action.ts';
import { judgePlaybook, type PlaybookProblem } from '#shared/domain/playbook/judge-playbook.ts';
import { PlaybookId } from '#shared/domain/playbook/playbook.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { durationOption } from '../duration.ts';
import { parseClass } from '../learning/class-names.ts';
import { configurationOf, DEFAULT_CONFIGURATION } from './playbook-check.ts';

const TYPES = ['api_call', 'ssm_document'] as const;
type Type = (typeof TYPES)[number];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

const OPTIONS = {
  id: { type: 'string', value: 'ID', about: 'lower-case letters, digits and hyphens; also the name of the file' },
  name: { type: 'string', value: 'TEXT', aliases: ['title'], about: 'the title, in a few words' },
  type: { type: 'string', value: 'TYPE', about: 'api_call or ssm_document (also "command"); by default what fits' },
  description: { type: 'string', value: 'TEXT', about: 'a sentence about what happens to what; approvers read it' },
  class: { type: 'string', value: 'CLASS,...', aliases: ['category'], about: 'the failures that it helps against' },
  endpoint: { type: 'string', value: 'NAME:/PATH', about: 'what is called: an entry of http.allowedEndpoints' },
  method: { type: 'string', value: 'METHOD', about: 'of the call; POST by default' },
  payload: { type: 'string', value: 'JSON', about: 'of the call' },
  'success-check': {
    type: 'string',
    value: 'CHECK',
    about: 'of the answer: a status (200,201), or a field and its values (state=ended,idle); 200 by default',
  },
  idempotent: { type: 'boolean', about: 'to repeat the call does no harm' },
  command: { type: 'string', value: 'DOCUMENT', aliases: ['document'], about: 'the SSM document that is run' },
  params: { type: 'string', value: 'JSON', about: 'of the document: {"Unit":"{unit}"}' },
  setting: {
    type: 'string',
    multiple: true,
    value: 'NAME=PATTERN',
    about: 'a {NAME} that each service sets, and what it may be; may be given several times',
  },
  timeout: {
    type: 'string',
    value: 'TIME',
    about: 'seconds, or such as 5m; 10 by default for a call, 600 for a document',
  },
  confidence: { type: 'string', value: 'SHARE', about: 'how likely it helps, 0 to 1; 0.7 by default' },
  risk: { type: 'string', value: 'LEVEL', about: 'low, medium or high; medium by default' },
  service: { type: 'string', value: 'ID', about: 'show the lines that allow it for this service' },
  config: {
    type: 'string',
    value: 'FILE',
    about: `the configuration; ${DEFAULT_CONFIGURATION} by default. The file goes into "playbooks" beside it`,
  },
  replace: { type: 'boolean', about: 'replace the file of this id' },
  ...DRY_RUN_OPTION,
  ...JSON_OPTION,
} as const satisfies OptionSpecs;
type Options = OptionValues<typeof OPTIONS>;

export const solutionAdd = defineCommand({
  name: 'solution add',
  aliases: ['add-solution'],
  summary: 'write a remedy of your own as a playbook, checked, and show what the configuration needs for it',
  details:
    'Writes a file and sends nothing: a solution may be executed only after the configuration lists it, was reviewed and is deployed. Commands are\n' +
    'documents of Systems Manager, never free text.\n' +
    'Example: selfheal solution add --id restart-report-job --name "Restart the report job" --endpoint jobs:/jobs/nightly/restarts \\\n' +
    '  --success-check 200,201 --idempotent --class timing_dependencies --description "Restarts the report job and waits until it has ended."\n' +
    'Add observe, verify and undo by hand. With --json: {file, written, playbook, configuration, problems}. Exit code 1 when\n' +
    'the playbook is refused; then nothing is written.',
  options: OPTIONS,
  async run({ options }, terminal): Promise<ExitCode> {
    const configuration = configurationOf(options.config);
    const playbook = playbookOf(options, terminal);
    const file = join(dirname(options.config ?? DEFAULT_CONFIGURATION), 'playbooks', `${playbook.id}.yaml`);
    if (ACTIONS.some(({ id }) => id === playbook.id))
      throw new UsageError(`--id ${playbook.id}: this is an action of Selfheal; choose another id.`);
    if (existsSync(file) && options.replace !== true)
      throw new UsageError(`${file} is there already: choose another --id, or use --replace.`);
    const judged = judgePlaybook(playbook, configuration?.http.allowedEndpoints ?? []);
    const problems = judged.kind === 'sound' ? [] : judged.problems;
    const refusals = problems.filter(({ unlisted }) => unlisted !== true);
    const written = refusals.length === 0 && options['dry-run'] !== true;
    const { stringify } = await import('yaml');
    const text = stringify(playbook, { lineWidth: 140 });
    if (written) await writeOutput(file, text);
    const needed = configurationLines(playbook, { isListed: problems.length === 0, service: options.service });
    const answer = { file, written, playbook, configuration: needed, problems: refusals.map(problemWords) };
    await terminal.write(options.json === true ? `${JSON.stringify(answer)}\n` : asText({ ...answer, text }, options));
    return refusals.length === 0 ? 0 : 1;
  },
});

type PlaybookDocument = Readonly<Record<string, unknown>> & { readonly id: string };

function playbookOf(given: Options, terminal: Pick<Terminal, 'say'>): PlaybookDocument {
  refuseFreeText(given);
  const options = inOwnForm(given, terminal);
  const { id, name, description, class: classes } = options;
  if (id === undefined || name === undefined || description === undefined || classes === undefined)
    throw new UsageError(
      '"selfheal solution add" needs --id, --name, and --class, the failures that it helps against.',
    );
  if (!PlaybookId.safeParse(id).success)
    throw new UsageError(`--id ${id}: use 2 to 60 lower-case letters, digits and hyphens, beginning with a letter.`);
  const type = typeOf(options);
  const risk = Risk.safeParse(options.risk ?? 'medium');
  if (!risk.success) throw new UsageError(unknownValue('risk', options.risk ?? '', Risk.options));
  const settings = (options.setting ?? []).map(settingOf);
  return {
    id,
    title: name,
    description,
    kind: type,
    risk: risk.data,
    // An undo is written by hand; whoever adds one says that it is reversible.
    reversibility: 'transient',
    confidence: shareOption('confidence', options.confidence, 0.7),
    when: { classes: listOf(classes).map((one) => parseClass(one, 'class')) },
    ...(settings.length === 0 ? {} : { parameters: Object.fromEntries(settings) }),
    ...(type === 'api_call' ? callOf(options) : documentOf(options)),
  };
}

const FREE_TEXT = /^(?:shell_command|shell|bash|script|service_restart)$/;
const RESTART = /^(?:sudo )?(?:systemctl restart|service) ([\w@.-]+)(?: restart)?$/;

/** A command in free text is never executed. Throws `UsageError` that says why, and what to write instead as a line to copy. */
function refuseFreeText({
  id = 'my-solution',
  name = id,
  type,
  command = '',
  class: classes,
  service,
  description,
}: Options): void {
  const isDocument = /^[A-Za-z0-9_.-]{3,128}$/.test(command);
  if (!(FREE_TEXT.test(type ?? '') || (command !== '' && !isDocument))) return;
  const unit = RESTART.exec(command.trim())?.[1];
  const rest =
    unit === undefined
      ? { command: 'YOUR-DOCUMENT' }
      : { command: 'Selfheal-RestartService', params: '{"Unit":"{unit}"}', setting: `unit=${unit}` };
  const line = lineOf('solution add', [], {
    id: ownId(id),
    name,
    class: classes ?? classesFor(`${id} ${name} ${command}`),
    description: sentenceOf(description ?? name),
    ...rest,
    ...present({ service }),
  });
  const how =
    unit === undefined
      ? 'Put its steps into an Automation document of Systems Manager, which is reviewed and has rights of its own, and name that document'
      : 'Selfheal-RestartService restarts a unit and is one of the documents that Selfheal brings';
  throw new UsageError(
    `Free text is never executed: whoever writes to the knowledge base could run anything on your machines. ${how}:\n  ${line}`,
  );
}

/** Ids have hyphens here. */
const ownId = (id: string): string => id.trim().toLowerCase().replaceAll(/[_ ]+/g, '-');

/** What a solution usually helps against, by its words. */
function classesFor(words: string): string {
  const text = words.toLowerCase();
  if (/disk|storage|clean/.test(text)) return 'storage_issues';
  return /scale|memory|cpu|resize|pool/.test(text) ? 'resource_exhaustion' : 'service_unavailability';
}

/** Path parameters of an endpoint, `{app_id}`, that no service has set yet. */
const PARAMETER = /\{([A-Za-z]\w{0,39})\}/g;
const BUILT_IN = new Set(['service', 'alarm', 'resource']);

/** A description as a sentence: with a capital and a full stop, which people leave out. */
function sentenceOf<T extends string | undefined>(text: T): T | string {
  if (text === undefined || text.trim() === '') return text;
  const whole = text.trim();
  return `${whole[0]?.toUpperCase() ?? ''}${whole.slice(1)}${/[.!?]$/.test(whole) ? '' : '.'}`;
}

/** Options as other tools spell them, in their own form: ids with underscores, `POST /path`, parameters of a call, no class. Says what it read. */
function inOwnForm(options: Options, { say }: Pick<Terminal, 'say'>): Options {
  const { id, name, endpoint, description } = options;
  const own = id === undefined ? undefined : ownId(id);
  if (own !== id) say(`selfheal: the id is ${own}: ids have hyphens here.`);
  const classes = options.class ?? (name === undefined ? undefined : classesFor(`${id ?? ''} ${name}`));
  if (classes !== options.class) say(`selfheal: no --class was given: by its name it helps against ${classes}.`);
  const base = {
    ...options,
    id: own,
    class: classes,
    description: sentenceOf(description ?? name),
  };
  if (endpoint === undefined) return base;
  const [, method, path = endpoint] = /^(GET|POST|PUT|PATCH|DELETE)\s+(\/\S*)$/i.exec(endpoint.trim()) ?? [];
  const camel = path.replaceAll(
    PARAMETER,
    (_, one: string) => `{${one.replaceAll(/_([a-z0-9])/gi, (__, letter: string) => letter.toUpperCase())}}`,
  );
  const called = camel.startsWith('/') ? `api:${camel}` : path;
  if (called !== path) say(`selfheal: the endpoint is ${called}: "api" has to be an entry of http.allowedEndpoints.`);
  const named = new Set((options.setting ?? []).map((setting) => setting.split('=')[0]));
  const missing = [...called.matchAll(PARAMETER)].flatMap(([, one = '']) =>
    named.has(one) || BUILT_IN.has(one) ? [] : [one],
  );
  for (const one of missing)
    say(`selfheal: each service sets {${one}}: letters, digits, dots, hyphens and underscores.`);
  const check = options['success-check'];
  const isCall = check !== undefined && /^(?:GET|HEAD)\s+\//i.test(check);
  if (isCall)
    say(
      `selfheal: the call counts as done with status 200. "${check}" is a check of its own: add it as "verify" to the file by hand.`,
    );
  const isForeign = called !== endpoint;
  if (isForeign && options.idempotent === undefined)
    say(
      'selfheal: it is written as idempotent: remove that from the file, and add "observe", where repeating the call does harm.',
    );
  return {
    ...base,
    endpoint: called,
    ...(method === undefined ? {} : { method: options.method ?? method.toUpperCase() }),
    ...(options.payload === undefined && options.params !== undefined
      ? { payload: options.params, params: undefined }
      : {}),
    ...(missing.length === 0
      ? {}
      : { setting: [...(options.setting ?? []), ...missing.map((one) => `${one}=[A-Za-z0-9._-]{1,80}`)] }),
    // Without a verification of its own, a call that changes something has to bear a repeat.
    ...(isForeign && options.idempotent === undefined ? { idempotent: true } : {}),
    'success-check': isCall ? undefined : check,
  };
}

function typeOf({ type, endpoint, command }: Options): Type {
  if ((endpoint === undefined) === (command === undefined))
    throw new UsageError('"selfheal solution add" needs either --endpoint NAME:/PATH or --command DOCUMENT.');
  const fitting: Type = endpoint === undefined ? 'ssm_document' : 'api_call';
  const named = type === 'command' ? 'ssm_document' : (type ?? fitting);
  if (!TYPES.some((one) => one === named)) throw new UsageError(unknownValue('type', type ?? '', TYPES));
  if (named !== fitting)
    throw new UsageError(`--type ${type} does not go with ${endpoint === undefined ? '--command' : '--endpoint'}.`);
  return fitting;
}

function callOf(options: Options) {
  const { endpoint, method = 'POST', payload, params, timeout, idempotent = false } = options;
  if (params !== undefined) throw new UsageError('--params are of a --command; an --endpoint takes --payload.');
  if (!METHODS.includes(method.toUpperCase())) throw new UsageError(unknownValue('method', method, METHODS));
  const success = successOf(options['success-check']);
  return {
    endpoint,
    method: method.toUpperCase(),
    ...(payload === undefined ? {} : { payload: jsonOf('payload', payload) }),
    timeoutSeconds: durationOption('timeout', timeout, { otherwise: 10, atMost: 20 }),
    ...(success === null ? {} : { success }),
    ...(idempotent ? { idempotent } : {}),
  };
}

function documentOf({ command = '', params, timeout, payload, 'success-check': check, idempotent }: Options) {
  if (payload !== undefined) throw new UsageError('--payload is of an --endpoint; a --command takes --params.');
  if (check !== undefined || idempotent === true)
    throw new UsageError(
      '--success-check and --idempotent are of an --endpoint: a document says by itself whether it succeeded.',
    );
  if (!/^[A-Za-z0-9_.-]{3,128}$/.test(command))
    throw new UsageError(
      `--command ${command}: this is no name of a document. Free text is never executed: put it into an Automation document, or use one of ` +
        "Selfheal's own, such as Selfheal-RestartService (docs/guide/playbooks.md).",
    );
  return {
    document: command,
    ...(params === undefined ? {} : { arguments: jsonOf('params', params) }),
    timeoutSeconds: durationOption('timeout', timeout, { otherwise: 600, atMost: 3600 }),
  };
}

function jsonOf(option: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--${option}: this is not JSON (${error instanceof Error ? error.message : 'invalid'}).`);
  }
}

/** `200,201`: statuses; `state=ended,idle`: values of a field of the answer, numbers and booleans as JSON has them. */
function successOf(check: string | undefined): object | null {
  if (check === undefined) return null;
  if (/^\d{3}(?:,\d{3})*$/.test(check)) return { status: listOf(check).map(Number) };
  const [, field, values] = /^([\w.-]+)=(.+)$/.exec(check) ?? [];
  if (field === undefined) throw new UsageError(`--success-check ${check}: expected 200,201 or state=ended,idle.`);
  return {
    field,
    in: listOf(values).map((value) => (/^(?:-?\d+|true|false)$/.test(value) ? JSON.parse(value) : value)),
  };
}

function settingOf(given: string): [string, object] {
  const [, name, pattern] = /^([A-Za-z]\w{0,39})=(.+)$/.exec(given) ?? [];
  if (name === undefined) throw new UsageError(`--setting ${given}: expected NAME=PATTERN, such as unit=[a-z-]{1,40}.`);
  return [name, { type: 'string', pattern }];
}

const problemWords = ({ path, reason }: PlaybookProblem): string =>
  path.length === 0 ? reason : `${path.join('.')}: ${reason}`;

/** What `selfheal.json` needs before the playbook may be used; dots stand for what an owner has to fill in. */
function configurationLines(
  playbook: PlaybookDocument,
  { isListed, service = '...' }: { readonly isListed: boolean; readonly service?: string | undefined },
): object {
  const { parameters = {}, endpoint } = playbook as { readonly parameters?: object; readonly endpoint?: string };
  const settings = Object.fromEntries(Object.keys(parameters).map((name) => [name, '...']));
  const allowed = Object.keys(settings).length === 0 ? playbook.id : { id: playbook.id, with: settings };
  const name = endpoint?.split(':')[0];
  return {
    ...(isListed || endpoint === undefined ? {} : { http: { allowedEndpoints: [{ name, url: 'https://...' }] } }),
    services: [{ id: service, playbooks: [allowed] }],
  };
}

function asText(
  {
    file,
    written,
    text,
    configuration,
    problems,
  }: {
    readonly file: string;
    readonly written: boolean;
    readonly text: string;
    readonly configuration: object;
    readonly problems: readonly string[];
  },
  { config = DEFAULT_CONFIGURATION }: Options,
): string {
  if (problems.length > 0) return `refused, nothing was written:\n${problems.map((one) => `  ${one}\n`).join('')}`;
  return [
    written ? `${file}: written` : `${file}: would be\n\n${text}`,
    `Nothing uses it until ${config} has these lines, was reviewed and is deployed:`,
    JSON.stringify(configuration, null, 2),
    `Check it: selfheal playbook check ${file} --config ${config}`,
    '',
  ].join('\n');
}
