type Schema = Readonly<Record<string, unknown>>;

/** An evidence line of a prompt, label first: `L12| AssertionError`. */
const EVIDENCE_LINE = /^([A-Za-z][\w:.-]{0,40}\d)\| ?(.*)$/gm;
const TELLING = /error|fail|fatal|refused|reset|not equal|✖/i;

const SENTENCES: Readonly<Record<string, string>> = {
  rootCause:
    'The change under test returns a wrong value, as the cited assertion shows; the runner itself was healthy.',
  fix: 'Correct the calculation in the function named by the failing test, and keep the test as it is.',
  prevention: 'Run this suite before merging, and add a case for the boundary value that broke.',
  summary: 'A test fails because the code it tests changed.',
};

/** A valid but generic answer for a tool's JSON schema; it cites evidence labels found in the prompt. */
export function plausibleAnswer(schema: Schema, prompt: string): unknown {
  const lines = [...prompt.matchAll(EVIDENCE_LINE)].map(([, label = '', text = '']) => ({ label, text }));
  const relevant = lines.filter(({ text }) => TELLING.test(text));
  return valueFor(
    '',
    schema,
    [...relevant, ...lines].map(({ label }) => label),
  );
}

function valueFor(name: string, schema: Schema, labels: readonly string[]): unknown {
  const options = schema.enum as unknown[] | undefined;
  if (schema.const !== undefined) return schema.const;
  if (options !== undefined) return options.includes('medium') ? 'medium' : options[0];
  const union = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined;
  if (union !== undefined) return valueFor(name, union[0] ?? {}, labels);
  switch (schema.type) {
    case 'object':
      return objectFor(schema, labels);
    case 'array':
      return arrayFor(name, schema, labels);
    case 'integer':
    case 'number':
      return Number(schema.minimum ?? 0.5);
    case 'boolean':
      return false;
    default:
      return textFor(name, schema);
  }
}

function objectFor(schema: Schema, labels: readonly string[]): object {
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const required = (schema.required ?? Object.keys(properties)) as string[];
  return Object.fromEntries(required.map((key) => [key, valueFor(key, properties[key] ?? {}, labels)]));
}

function arrayFor(name: string, schema: Schema, labels: readonly string[]): unknown[] {
  const items = (schema.items ?? {}) as Schema;
  const known = items.enum as unknown[] | undefined;
  const most = Math.min(3, Number(schema.maxItems ?? 3));
  if (known !== undefined) return known.slice(0, most);
  if (/evidence|line|ref|citation/i.test(name)) return [...new Set(labels)].slice(0, most);
  const least = Number(schema.minItems ?? 0);
  return Array.from({ length: least }, () => valueFor(name, items, labels));
}

function textFor(name: string, schema: Schema): string {
  const text = SENTENCES[name] ?? 'Nothing further was checked.';
  return text.slice(0, Number(schema.maxLength ?? 2000));
}
