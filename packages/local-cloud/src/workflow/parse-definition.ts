import type { Machine, MapState, ParallelState, Scope, State, TaskState } from './definition.ts';
import { Fields } from './definition-fields.ts';
import { InvalidDefinition } from './faults.ts';
import { isJsonObject, type Json, readTimestamp } from './json.ts';
import { type Language, parseCatchers, parseNext, parseOutcome, parseRetriers, parseRules } from './parse-parts.ts';

const MAX_SECONDS = 99_999_999;
const STATE_NAME_LIMIT = 80;
const TOKEN_SUFFIX = '.waitForTaskToken';

interface Surroundings {
  readonly machine: string;
  readonly language: Language;
  /** State names so far; they are unique in the whole machine. */
  readonly names: Set<string>;
  /** Variables of outer scopes, which inner scopes must not assign. */
  readonly outer: ReadonlySet<string>;
}

/**
 * Compiles and fully checks a definition in the Amazon States Language with JSONata.
 * @throws InvalidDefinition naming the machine, the state and the field
 */
export function parseDefinition(machine: string, definition: unknown): Machine {
  const where = `machine "${machine}"`;
  const fields = new Fields(asJson(definition, where), where);
  const language = fields.optionalText('QueryLanguage') ?? 'JSONPath';
  fields.optionalText('Version');
  const timeoutSeconds = fields.number('TimeoutSeconds', { min: 1, max: MAX_SECONDS });
  const scope = parseScope(fields, { machine, language, names: new Set(), outer: new Set() });
  fields.finish('a state machine');
  return { ...scope, timeoutSeconds };
}

function asJson(definition: unknown, where: string): Json {
  if (typeof definition !== 'string') return definition as Json;
  try {
    return JSON.parse(definition) as Json;
  } catch (error) {
    throw new InvalidDefinition(`${where}: is not JSON: ${(error as Error).message}`);
  }
}

/** The caller checks for unknown fields: a machine, a branch and a processor allow different ones. */
function parseScope(fields: Fields, around: Surroundings): Scope {
  const startAt = fields.text('StartAt');
  const sources = fields.take('States');
  if (!isJsonObject(sources) || Object.keys(sources).length === 0)
    fields.fail('States', 'must hold at least one state');
  const assigned = variablesOf(sources);
  for (const name of assigned) {
    if (around.outer.has(name)) fields.fail('States', `variable "${name}" is already assigned in an outer scope`);
  }
  const inner = { ...around, outer: new Set([...around.outer, ...assigned]) };
  const states = new Map(Object.entries(sources).map(([name, source]) => [name, parseState(name, source, inner)]));
  checkTransitions(fields, startAt, states);
  return { startAt, states };
}

function parseState(name: string, source: Json, around: Surroundings): State {
  const fields = new Fields(source, `machine "${around.machine}", state "${name}"`);
  if (name.length > STATE_NAME_LIMIT) fields.fail('name', `is longer than ${STATE_NAME_LIMIT} characters`);
  if (around.names.has(name)) fields.fail('name', 'is used twice; state names are unique in the whole machine');
  around.names.add(name);
  const type = fields.text('Type');
  const language = fields.optionalText('QueryLanguage') ?? around.language;
  if (language !== 'JSONata') fields.fail('QueryLanguage', `is ${language}; only JSONata is supported`);
  const state = parseByType(type, name, fields, around);
  fields.finish(`a ${type} state`);
  return state;
}

function parseByType(type: string, name: string, fields: Fields, around: Surroundings): State {
  const leaving = () => ({ name, ...parseOutcome(fields), next: parseNext(fields) });
  switch (type) {
    case 'Task':
      return parseTask(name, fields);
    case 'Parallel':
      return parseParallel(name, fields, around);
    case 'Map':
      return parseMap(name, fields, around);
    case 'Pass':
      return { type, ...leaving() };
    case 'Succeed':
      return { type, name, assign: null, output: fields.template('Output'), next: null };
    case 'Choice':
      return { type, name, ...parseOutcome(fields), ...parseRules(fields), next: null };
    case 'Wait':
      return { type, ...parseWait(fields), ...leaving() };
    case 'Fail':
      return { type, name, assign: null, output: null, next: null, ...parseFail(fields) };
    default:
      return fields.fail('Type', `"${type}" is not a type of state`);
  }
}

function guarded(name: string, fields: Fields) {
  return {
    name,
    ...parseOutcome(fields),
    next: parseNext(fields),
    retriers: parseRetriers(fields),
    catchers: parseCatchers(fields),
  };
}

function parseTask(name: string, fields: Fields): TaskState {
  const resource = fields.text('Resource');
  const waitsForToken = resource.endsWith(TOKEN_SUFFIX);
  if (!resource.startsWith('arn:')) fields.fail('Resource', 'must be an ARN');
  if (/\.sync(:\d+)?$/.test(resource)) fields.fail('Resource', 'the pattern .sync is not supported');
  if (/:activity:/.test(resource)) fields.fail('Resource', 'activities are not supported');
  const timeoutSeconds = fields.numeric('TimeoutSeconds', { min: 1, max: MAX_SECONDS });
  const heartbeatSeconds = fields.numeric('HeartbeatSeconds', { min: 1, max: MAX_SECONDS });
  const [timeout, heartbeat] = [timeoutSeconds?.constant, heartbeatSeconds?.constant];
  if (typeof timeout === 'number' && typeof heartbeat === 'number' && heartbeat >= timeout) {
    fields.fail('HeartbeatSeconds', 'must be less than TimeoutSeconds');
  }
  return {
    type: 'Task',
    ...guarded(name, fields),
    resource: waitsForToken ? resource.slice(0, -TOKEN_SUFFIX.length) : resource,
    waitsForToken,
    arguments: fields.template('Arguments'),
    timeoutSeconds,
    heartbeatSeconds,
  };
}

function parseParallel(name: string, fields: Fields, around: Surroundings): ParallelState {
  const branches = fields.list('Branches').map((source, index) => {
    const branch = fields.nested(`Branches[${index}]`, source);
    const scope = parseScope(branch, around);
    branch.finish('a branch');
    return scope;
  });
  return { type: 'Parallel', ...guarded(name, fields), arguments: fields.template('Arguments'), branches };
}

function parseMap(name: string, fields: Fields, around: Surroundings): MapState {
  const processor = fields.nested('ItemProcessor', fields.take('ItemProcessor'));
  const config = processor.nested('ProcessorConfig', processor.take('ProcessorConfig') ?? {});
  const mode = config.optionalText('Mode') ?? 'INLINE';
  if (mode !== 'INLINE') config.fail('Mode', `is ${mode}; only INLINE is supported`);
  config.finish('ProcessorConfig');
  const scope = parseScope(processor, around);
  processor.finish('an item processor');
  // AWS also accepts these in an inline Map, where they have no effect.
  fields.numeric('ToleratedFailureCount', { min: 0 });
  fields.numeric('ToleratedFailurePercentage', { min: 0, max: 100, integer: false });
  return {
    type: 'Map',
    ...guarded(name, fields),
    items: fields.typed('Items', (value) => (Array.isArray(value) ? null : 'must be a list or an expression')),
    itemSelector: fields.template('ItemSelector'),
    maxConcurrency: fields.numeric('MaxConcurrency', { min: 0 }),
    processor: scope,
  };
}

function parseWait(fields: Fields) {
  const seconds = fields.numeric('Seconds', { min: 0, max: MAX_SECONDS });
  const timestamp = fields.typed('Timestamp', (value) =>
    typeof value === 'string' && readTimestamp(value) !== null ? null : 'must be an RFC 3339 time with its zone',
  );
  if ((seconds === null) === (timestamp === null))
    fields.fail('Seconds', 'exactly one of Seconds and Timestamp is needed');
  return { seconds, timestamp };
}

function parseFail(fields: Fields) {
  const text = (value: Json) => (typeof value === 'string' ? null : 'must be a string');
  return { error: fields.typed('Error', text), cause: fields.typed('Cause', text) };
}

/** Names that a scope's states assign, without those of inner scopes. */
function variablesOf(states: Json): Set<string> {
  const names = new Set<string>();
  const collect = (holder: Json | undefined) => {
    const assign = isJsonObject(holder) ? holder.Assign : undefined;
    if (isJsonObject(assign)) for (const name of Object.keys(assign)) names.add(name);
  };
  for (const state of isJsonObject(states) ? Object.values(states) : []) {
    collect(state);
    if (!isJsonObject(state)) continue;
    for (const list of [state.Choices, state.Catch]) if (Array.isArray(list)) list.forEach(collect);
  }
  return names;
}

function successorsOf(state: State): [field: string, name: string][] {
  const next: [string, string][] = state.next === null ? [] : [['Next', state.next]];
  if ('catchers' in state) next.push(...state.catchers.map((one): [string, string] => ['Catch', one.next]));
  if (state.type === 'Choice') {
    next.push(...state.rules.map((rule): [string, string] => ['Choices', rule.next]));
    if (state.otherwise !== null) next.push(['Default', state.otherwise]);
  }
  return next;
}

function checkTransitions(fields: Fields, startAt: string, states: ReadonlyMap<string, State>): void {
  if (!states.has(startAt)) fields.fail('StartAt', `there is no state "${startAt}"`);
  const reached = new Set([startAt]);
  for (const name of reached) {
    const state = states.get(name);
    for (const [field, next] of state ? successorsOf(state) : []) {
      if (!states.has(next)) lost(fields, name, field, `there is no state "${next}" in this scope`);
      reached.add(next);
    }
  }
  for (const name of states.keys())
    if (!reached.has(name)) lost(fields, name, 'Next', 'no transition leads to this state');
  if (![...states.values()].some(isTerminal)) fields.fail('States', 'there is no terminal state');
}

function isTerminal(state: State): boolean {
  return state.type !== 'Choice' && state.next === null;
}

function lost(fields: Fields, state: string, field: string, problem: string): never {
  throw new InvalidDefinition(`${fields.where}, state "${state}", field ${field}: ${problem}`);
}
