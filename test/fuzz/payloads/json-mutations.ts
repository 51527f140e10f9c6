import * as fc from 'fast-check';

/** One change of a JSON document: what happens at the `at`-th of its values. */
export interface JsonMutation {
  readonly at: number;
  readonly change:
    | { kind: 'remove' }
    /** `text` is JSON as it stands in the body, also such as no value could be written to. */
    | { kind: 'replace'; text: string }
    | { kind: 'wrap'; as: 'list' | 'object' }
    | { kind: 'add'; key: string; text: string };
}

/** What senders of hostile JSON try, as JSON text. */
const ODD_JSON: readonly string[] = [
  'null',
  'true',
  'false',
  '""',
  '0',
  '-0',
  '-1',
  '1.5',
  '1e999',
  '-1e999',
  '9007199254740993',
  '123456789012345678901234567890',
  '"1"',
  '[]',
  '{}',
  '[null]',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u0000"',
  '"+275760-09-12T00:00:00.000Z"',
  '"2026-02-30T25:00:00Z"',
  '"0000-01-01T00:00:00+99:99"',
  '1800000000',
  '"../../etc/passwd"',
  '"acme/shop/../../other"',
  '"$' + '{jndi:ldap://127.0.0.1}"',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"toString":1,"valueOf":2}',
];

const DANGEROUS_KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'toJSON'];

const nested = fc
  .record({ levels: fc.constantFrom(2, 60, 64, 65, 1000, 10_000), list: fc.boolean(), closed: fc.boolean() })
  .map(({ levels, list, closed }) => {
    const [open, close] = list ? ['[', ']'] : ['{"a":', '}'];
    return `${open.repeat(levels)}1${closed || levels < 1000 ? close.repeat(levels) : ''}`;
  });

const oddJson = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...ODD_JSON) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 400 }).map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.double().map((value) => (Number.isFinite(value) ? String(value) : 'null')) },
  { weight: 1, arbitrary: nested },
);

/** Any change anywhere in a document. */
export function jsonMutation(): fc.Arbitrary<JsonMutation> {
  const change: fc.Arbitrary<JsonMutation['change']> = fc.oneof(
    fc.record({ kind: fc.constant('remove' as const) }),
    fc.record({ kind: fc.constant('replace' as const), text: oddJson }),
    fc.record({ kind: fc.constant('wrap' as const), as: fc.constantFrom('list' as const, 'object' as const) }),
    fc.record({ kind: fc.constant('add' as const), key: fc.constantFrom(...DANGEROUS_KEYS), text: oddJson }),
  );
  return fc.record({ at: fc.nat(100_000), change });
}

interface Slot {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string;
}

function slotsOf(root: unknown, wanted: readonly string[] | null): Slot[] {
  const slots: Slot[] = [];
  const waiting: unknown[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node === null || typeof node !== 'object') continue;
    for (const [key, inner] of Object.entries(node)) {
      if (wanted === null || wanted.includes(key)) slots.push({ holder: node as Slot['holder'], key });
      waiting.push(inner ?? null);
    }
  }
  return slots;
}

/** Text that stands for raw JSON until the document is written. */
const placeholder = (index: number): string => `raw-json-${index}-here`;

/**
 * The document as JSON text with the mutations made one after the other. With `wanted` only values under these keys
 * are changed. The document itself stays as it is.
 */
export function mutatedJson(
  document: unknown,
  mutations: readonly JsonMutation[],
  wanted: readonly string[] | null = null,
): string {
  const root: unknown = structuredClone(document);
  const raw: string[] = [];
  const hold = (text: string): string => placeholder(raw.push(text) - 1);
  for (const { at, change } of mutations) {
    const slots = slotsOf(root, wanted);
    const slot = slots[at % Math.max(1, slots.length)];
    if (slot === undefined) break;
    const value: unknown = Reflect.get(slot.holder, slot.key);
    const put = (next: unknown, key = slot.key) =>
      void Object.defineProperty(slot.holder, key, {
        value: next,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    if (change.kind === 'remove') Reflect.deleteProperty(slot.holder, slot.key);
    else if (change.kind === 'replace') put(hold(change.text));
    else if (change.kind === 'wrap') put(change.as === 'list' ? [value] : { inner: value });
    else if (!Array.isArray(slot.holder)) put(hold(change.text), change.key);
  }
  const text = JSON.stringify(root) ?? 'null';
  return raw.reduce((written, json, index) => written.replace(JSON.stringify(placeholder(index)), () => json), text);
}

/** Bytes changed, removed or put in at random places; none most of the time. */
export function byteMutations(): fc.Arbitrary<
  readonly { at: number; byte: number; how: 'change' | 'insert' | 'cut' }[]
> {
  const mutation = fc.record({
    at: fc.nat(1_000_000),
    byte: fc.nat(255),
    how: fc.constantFrom('change' as const, 'insert' as const, 'cut' as const),
  });
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(mutation, { maxLength: 3 }) },
  );
}

export function mutatedBytes(
  bytes: Buffer,
  mutations: readonly { at: number; byte: number; how: 'change' | 'insert' | 'cut' }[],
): Buffer {
  return mutations.reduce((current, { at, byte, how }) => {
    const place = current.length === 0 ? 0 : at % current.length;
    if (how === 'cut') return current.subarray(0, place);
    const rest = current.subarray(how === 'change' ? place + 1 : place);
    return Buffer.concat([current.subarray(0, place), Buffer.from([byte]), rest]);
  }, bytes);
}
