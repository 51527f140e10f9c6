import { isObject, type JsonObject, listOf } from './json.ts';

/** The template contains something that this runtime cannot serve; the message names stack and logical id. */
export class UnsupportedTemplate extends Error {
  override readonly name = 'UnsupportedTemplate';
}

/** Resolves the names in a template. Every function throws `UnsupportedTemplate` for an unknown name. */
export interface Scope {
  /** `Stack/LogicalId` or `Stack/Outputs`: begins every error message. */
  readonly place: string;
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  importValue(name: string): unknown;
  mapping(map: string, first: string, second: string): unknown;
  /** Applied to every composed text; replaces addresses that AWS would assign. */
  rewrite(text: string): string;
}

/** `AWS::NoValue` removes the property or list item. */
const NOTHING = undefined;
type Intrinsic = (argument: unknown, scope: Scope) => unknown;

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope) => scope.ref(text(argument, scope, 'Ref')),
  'Fn::GetAtt': (argument, scope) => getAttribute(argument, scope),
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = pair(argument, scope, 'Fn::Join');
    const joined = resolveList(parts, scope, 'Fn::Join').map(scalar(scope, 'Fn::Join')).join(String(separator));
    return scope.rewrite(checkedText(joined, scope));
  },
  'Fn::Sub': (argument, scope) => substitute(argument, scope),
  'Fn::Select': (argument, scope) => {
    const [index, items] = pair(argument, scope, 'Fn::Select');
    const list = resolveList(items, scope, 'Fn::Select');
    const position = Number(resolve(index, scope));
    if (!(position in list)) throw fault(scope, `Fn::Select asks for item ${position} of ${list.length}`);
    return list[position];
  },
  'Fn::Split': (argument, scope) => {
    const [separator, source] = pair(argument, scope, 'Fn::Split');
    return text(resolve(source, scope), scope, 'Fn::Split').split(String(separator));
  },
  'Fn::If': (argument, scope) => {
    const [name, yes, no] = listOf(argument);
    return resolve(scope.condition(text(name, scope, 'Fn::If')) ? yes : no, scope);
  },
  'Fn::ImportValue': (argument, scope) => scope.importValue(text(resolve(argument, scope), scope, 'Fn::ImportValue')),
  'Fn::FindInMap': (argument, scope) => {
    const [map, first, second] = resolveList(argument, scope, 'Fn::FindInMap');
    return scope.mapping(String(map), String(first), String(second));
  },
  'Fn::GetAZs': (argument, scope) => {
    const region = resolve(argument, scope) || scope.ref('AWS::Region');
    return ['a', 'b', 'c'].map((zone) => `${String(region)}${zone}`);
  },
  'Fn::Base64': (argument, scope) =>
    Buffer.from(text(resolve(argument, scope), scope, 'Fn::Base64')).toString('base64'),
};

/** Resolves every intrinsic function in the value. Throws `UnsupportedTemplate` for an unknown one. */
export function resolve(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') return checkedText(value, scope);
  if (Array.isArray(value)) return value.map((item) => resolve(item, scope)).filter((item) => item !== NOTHING);
  if (!isObject(value)) return value;
  const intrinsic = intrinsicOf(value, scope);
  if (intrinsic !== null) return intrinsic.apply(intrinsic.argument, scope);
  const entries = Object.entries(value).map(([key, inner]) => [key, resolve(inner, scope)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== NOTHING));
}

function intrinsicOf(value: JsonObject, scope: Scope): { apply: Intrinsic; argument: unknown } | null {
  const keys = Object.keys(value);
  const key = keys.find((candidate) => candidate === 'Ref' || candidate.startsWith('Fn::'));
  if (key === undefined) return null;
  const apply = Object.hasOwn(INTRINSICS, key) ? INTRINSICS[key] : undefined;
  if (keys.length !== 1 || apply === undefined) throw fault(scope, `the intrinsic ${key} is not supported`);
  return { apply, argument: value[key] };
}

function checkedText(value: string, scope: Scope): string {
  if (value.includes('{{resolve:')) throw fault(scope, `the dynamic reference ${value} is not supported`);
  return value;
}

function getAttribute(argument: unknown, scope: Scope): unknown {
  const [logicalId, ...attribute] = typeof argument === 'string' ? argument.split('.') : listOf(argument).map(String);
  return scope.attribute(logicalId ?? '', attribute.join('.'));
}

function substitute(argument: unknown, scope: Scope): string {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const own = isObject(variables) ? variables : {};
  const replaced = text(template, scope, 'Fn::Sub').replace(/\$\{([^}]+)\}/g, (_whole, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (Object.hasOwn(own, name)) return scalar(scope, 'Fn::Sub')(resolve(own[name], scope));
    const value = name.includes('.') && !name.startsWith('AWS::') ? getAttribute(name, scope) : scope.ref(name);
    return scalar(scope, 'Fn::Sub')(value);
  });
  return scope.rewrite(checkedText(replaced, scope));
}

function resolveList(value: unknown, scope: Scope, intrinsic: string): unknown[] {
  const list = resolve(value, scope);
  if (!Array.isArray(list)) throw fault(scope, `${intrinsic} needs a list`);
  return list;
}

function pair(argument: unknown, scope: Scope, intrinsic: string): [unknown, unknown] {
  if (!Array.isArray(argument) || argument.length !== 2) throw fault(scope, `${intrinsic} needs a list of two`);
  return [argument[0], argument[1]];
}

const scalar = (scope: Scope, intrinsic: string) => (value: unknown) => {
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
  throw fault(scope, `${intrinsic} can only put texts together, not ${JSON.stringify(value)}`);
};

function text(value: unknown, scope: Scope, intrinsic: string): string {
  if (typeof value === 'string') return value;
  throw fault(scope, `${intrinsic} needs a text, not ${JSON.stringify(value)}`);
}

function fault(scope: Scope, what: string): UnsupportedTemplate {
  return new UnsupportedTemplate(`${scope.place}: ${what}.`);
}
