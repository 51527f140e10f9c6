import { isObject, objectOf, textOf } from '../template/json.ts';

/** What a rule's target receives of an event: JSON text, or plain text when the input template produces that. */
export function targetInput(event: unknown, target: unknown): string {
  const { Input: constant, InputPath: path, InputTransformer: transformer } = objectOf(target);
  if (typeof constant === 'string') return constant;
  if (typeof path === 'string') return JSON.stringify(atPath(event, path) ?? null);
  return isObject(transformer) ? transformed(event, transformer) : JSON.stringify(event);
}

/** Reads `$.a.b[0].c`; `$["name"]` for names that are not identifiers. Undefined where nothing is. */
function atPath(value: unknown, path: string): unknown {
  const steps = [...path.matchAll(/\.([\w-]+)|\[(\d+)\]|\[["']([^"']+)["']\]/g)];
  return steps.reduce<unknown>((at, [, name, index, quoted]) => {
    if (index !== undefined) return Array.isArray(at) ? at[Number(index)] : undefined;
    const key = name ?? quoted ?? '';
    return isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }, value);
}

/** EventBridge User Guide, "Input transformation": a quoted placeholder is replaced by text, an unquoted one by JSON. */
function transformed(event: unknown, transformer: Readonly<Record<string, unknown>>): string {
  const paths = objectOf(transformer.InputPathsMap);
  const template = textOf(transformer.InputTemplate) ?? '""';
  let quoted = false;
  return template.replace(/\\.|"|<([\w.-]+)>/g, (part, name: string | undefined) => {
    if (part === '"') quoted = !quoted;
    if (name === undefined) return part;
    const value = variable(event, name, paths);
    if (value === UNKNOWN) return part;
    if (!quoted) return JSON.stringify(value ?? '');
    const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
    return JSON.stringify(text).slice(1, -1);
  });
}

const UNKNOWN = Symbol('no such variable');

function variable(event: unknown, name: string, paths: Readonly<Record<string, unknown>>): unknown {
  if (name === 'aws.events.event.json' || name === 'aws.events.event') return event;
  if (name === 'aws.events.event.ingestion-time') return objectOf(event).time;
  const path = Object.hasOwn(paths, name) ? textOf(paths[name]) : undefined;
  return path === undefined ? UNKNOWN : atPath(event, path);
}
