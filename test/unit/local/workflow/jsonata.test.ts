import { compileTemplate } from '@selfheal/local-cloud/workflow/template.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzzOptions } from '#test/fuzz/seed.ts';

const evaluate = (source: string, bindings: Record<string, unknown> = {}) =>
  compileTemplate(source, 'Output').evaluate(bindings);

describe('functions Step Functions adds to JSONata', () => {
  it.each([
    ['{% $partition([1,2,3,4,5], 2) %}', [[1, 2], [3, 4], [5]]],
    ['{% $partition([1], 4) %}', [[1]]],
    ['{% $partition([], 4) %}', []],
    ['{% $range(1, 9, 3) %}', [1, 4, 7]],
    ['{% $range(3, 1, -1) %}', [3, 2, 1]],
    ['{% $range(1, 0, 1) %}', []],
    ['{% $range(4, 4, 1) %}', 4],
    ['{% $range(4, 5, 3) %}', 4],
    ['{% $hash("a", "SHA-1") %}', '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'],
    ['{% $hash("a", "MD5") %}', '0cc175b9c0f1b6a831c399e269772661'],
    ['{% $random(7) = $random(7) %}', true],
    ['{% $random() < 1 %}', true],
    ['{% $random(42) %}', 0.7275636800328681],
    ['{% $random(-7) < 1 and $random(-7) >= 0 %}', true],
    ['{% $length($uuid()) %}', 36],
    ['{% $uuid() = $uuid() %}', false],
    ['{% $parse("{\\"a\\":[1,null]}") %}', { a: [1, null] }],
  ])('%s', async (source, wanted) => {
    expect(await evaluate(source)).toEqual(wanted);
  });

  it.each([
    ['{% $hash("a", "SHA-3") %}', 'unknown algorithm'],
    ['{% $partition([1], 0) %}', 'positive'],
    ['{% $range(1, 2, 0) %}', 'increment'],
    ['{% $range(1, 2000, 1) %}', 'at most 1000'],
    ['{% $parse("{") %}', 'JSON'],
    ['{% $nothing %}', 'returned nothing'],
    ['{% $states.input.a.b %}', 'returned nothing'],
    ['{% $partition($nothing, 2) %}', 'returned nothing'],
    ['{% 1 + "a" %}', 'number'],
    ['{% 1 / 0 %}', 'Number out of range'],
    ['{% 0 / 0 %}', 'Number out of range'],
    ['{% 1 % 0 %}', 'Number out of range'],
    ['{% {"a": [-1 / 0]} %}', 'Number out of range'],
    ['{% 1 / 0 > 5 %}', 'Number out of range'],
    ['{% $power(10, 400) %}', 'evaluation. D3061: '],
    ['{% $sum("a") %}', "specified for the field 'Output' threw an error during evaluation. T0412: "],
    ['{% ($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(5000)) %}', 'Stack overflow'],
    ['{% $count([1..900000]) %}', 'memory limit'],
    ['{% function($x) { $x } %}', 'unsupported result type'],
    ['{% {"f": $sum} %}', 'unsupported result type'],
    ['{% ($f := function($n) { $f($n + 1) }; $f(1)) %}', ''],
  ])('%s is States.QueryEvaluationError', async (source, part) => {
    await expect(evaluate(source, { states: { input: {} } })).rejects.toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining(part),
    });
  });

  it.each([
    ['{% $eval("1") %}', '$eval is not supported'],
    ['{% [1].($eval("1")) %}', '$eval is not supported'],
    ['{% 1 + %}', 'end of expression'],
    ['{% $states.input.a ?? 1 %}', 'The symbol "?"'],
    ['{% $states.input.a ?: 1 %}', 'The symbol ":"'],
    ['{% $states.input?.a %}', 'The symbol "."'],
    ['{% phone %}', "Reference to 'phone' at the top level is not supported"],
    ['{% {"a": $sum(prices)} %}', "Reference to 'prices' at the top level"],
    ['{% ($x := prices[0]; $x) %}', "Reference to 'prices' at the top level"],
    ['{% *.a %}', "Reference to '*' at the top level"],
    ['{% $$.a %}', "Reference to '$$' is not supported"],
    ['{% $states.errorOutput.Error %}', 'supported in Catch only'],
    ['{% 1', "must both start with '{%'"],
    [' {% 1 %}', "must both start with '{%'"],
  ])('%s does not compile', (source, part) => {
    expect(() => compileTemplate(source, 'Output')).toThrow(part);
  });
});

describe('names inside a path', () => {
  const input = {
    n: 2,
    list: [
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
    ],
  };
  it.each([
    ['{% $states.input.list[a = $states.input.n].b %}', 'y'],
    ['{% $states.input.list.{"k": a} %}', [{ k: 1 }, { k: 2 }]],
    ['{% $states.input.list.(a + 1) %}', [2, 3]],
    ['{% $states.input.list^(>a).b %}', ['y', 'x']],
    ['{% $states.input.list{b: a} %}', { x: 1, y: 2 }],
    ['{% $states.input.list.* %}', [1, 'x', 2, 'y']],
    ['{% $map($states.input.list, function($one) { $one.a }) %}', [1, 2]],
    ['{% $states.input ~> |list|{"c": a}| %}', { ...input, list: input.list.map((one) => ({ ...one, c: one.a })) }],
  ])('%s refers to the items', async (source, wanted) => {
    expect(await evaluate(source, { states: { input } })).toEqual(wanted);
  });
});

describe('templates', () => {
  it('give any JSON without expressions back as it is', async () => {
    const text = fc.string().filter((one) => !one.startsWith('{%') && !one.endsWith('%}'));
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(text, tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        const plain = JSON.parse(JSON.stringify(value));
        expect(await compileTemplate(plain, 'Output').evaluate({})).toEqual(plain);
      }),
      fuzzOptions(100),
    );
  });

  it('pass any JSON value through an expression unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ noUnicodeString: false }), async (value) => {
        const plain = JSON.parse(JSON.stringify(value));
        expect(await evaluate('{% $states.input %}', { states: { input: plain } })).toEqual(plain);
      }),
      fuzzOptions(100),
    );
  });

  it('keep a key named __proto__ as a plain key', async () => {
    const source = JSON.parse('{"__proto__": {"polluted": "{% 1 %}"}}');
    const value = await compileTemplate(source, 'Output').evaluate({});
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
