import { InvalidInput } from '@selfheal/kernel/errors.ts';
import type { Scalar } from './parameter.ts';

export type Values = Readonly<Record<string, Scalar>>;

/** JSON of a playbook's payload. */
export type Payload = Scalar | null | readonly Payload[] | { readonly [key: string]: Payload };

const PLACEHOLDER = /\{([A-Za-z][A-Za-z0-9]{0,39})\}/g;

/** The parameter names between braces, in order, each once. */
export function placeholdersOf(template: Payload): string[] {
  const texts = typeof template === 'string' ? [template] : [];
  const inner = template !== null && typeof template === 'object' ? Object.values(template) : [];
  const own = texts.flatMap((text) => [...text.matchAll(PLACEHOLDER)].map(([, name]) => name ?? ''));
  return [...new Set([...own, ...inner.flatMap((each: Payload) => placeholdersOf(each))])];
}

/** Puts the values into a text. Throws `InvalidInput` for a name without a value. */
export function fillText(template: string, values: Values, write: (value: Scalar) => string = String): string {
  return template.replace(PLACEHOLDER, (_whole, name: string) => write(valueNamed(name, values)));
}

/** Puts the values into the path of an address, each as one whole segment that cannot climb or begin a query. */
export function fillAddress(template: string, values: Values): string {
  return fillText(template, values, (value) => {
    if (/^\.{1,2}$/.test(String(value))) throw new InvalidInput('A playbook value must not be "." or ".." in a path.');
    return encodeURIComponent(value);
  });
}

/** Puts the values into a payload: a text that is one placeholder becomes the value itself, with its type. */
export function fillPayload(template: Payload, values: Values): Payload {
  if (typeof template === 'string') {
    const [, only] = /^\{([A-Za-z][A-Za-z0-9]{0,39})\}$/.exec(template) ?? [];
    return only === undefined ? fillText(template, values) : valueNamed(only, values);
  }
  if (Array.isArray(template)) return template.map((each: Payload) => fillPayload(each, values));
  if (template === null || typeof template !== 'object') return template;
  return Object.fromEntries(Object.entries(template).map(([key, each]) => [key, fillPayload(each, values)]));
}

function valueNamed(name: string, values: Values): Scalar {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) throw new InvalidInput(`The playbook has no value for {${name}}.`);
  return value;
}
