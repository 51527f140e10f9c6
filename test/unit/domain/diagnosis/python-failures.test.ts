import { join } from 'node:path';
import { diagnoseByRules } from '@selfheal/diagnosis/diagnosis/rules-diagnosis.ts';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { readFailedTests } from '@selfheal/diagnosis/failure/failed-tests.ts';
import { expect, it } from 'vitest';
import { loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { anEvidence } from '#test/builders/index.ts';

const { signatures } = await loadSignatures(join(import.meta.dirname, '../../../../shared/data'));

function diagnose(texts: string[]) {
  const evidence = anEvidence({ texts });
  const classification = classify(evidence, { signatures });
  return diagnoseByRules({ evidence, classification, signatures, knowledge: null, preExisting: null, note: null });
}

it.each([
  [['ValueError: bad amount'], 'A Python program stopped with ValueError: bad amount.'],
  [
    ['During handling of the above exception, another exception occurred:', "KeyError: 'total'"],
    "A Python program stopped with KeyError: 'total'.",
  ],
  [['orders.errors.OrderError: closed'], 'A Python program stopped with orders.errors.OrderError: closed.'],
])('[A41] reads exception, message and own place of a traceback that ends in %j', (end, said) => {
  const diagnosis = diagnose([
    'Traceback (most recent call last):',
    '  File "/usr/lib/python3.13/site-packages/flask/app.py", line 917, in dispatch',
    '    return view()',
    '  File "/home/runner/work/shop/shop/orders/store.py", line 57, in insert',
    '    check(order)',
    ...end,
  ]);
  expect(diagnosis.classification.class).toBe('runtime_exceptions');
  expect(diagnosis.rootCause).toContain(said);
  expect(diagnosis.rootCause).toContain('orders/store.py:57');
});

it('[A42] extracts each failed test of pytest once, with its file, line and assertion', () => {
  const texts = [
    '=================================== FAILURES ===================================',
    '__________________________________ test_total __________________________________',
    '>       assert total([1, 2]) == 4',
    'E       assert 3 == 4',
    'tests/test_cart.py:4: AssertionError',
    '=========================== short test summary info ============================',
    'FAILED tests/test_cart.py::test_total - assert 3 == 4',
    "FAILED tests/test_tax.py::test_rate[de] - KeyError: 'de'",
    '========================= 2 failed, 40 passed in 1.20s =========================',
  ];
  expect(readFailedTests(anEvidence({ texts }))).toMatchObject([
    {
      name: 'tests/test_cart.py::test_total',
      expected: '4',
      actual: '3',
      place: { file: 'tests/test_cart.py', line: 4 },
    },
    { name: 'tests/test_tax.py::test_rate[de]', message: "KeyError: 'de'" },
  ]);
  const { classification, rootCause } = diagnose(texts);
  expect(classification.class).toBe('test_failure');
  expect(rootCause).toContain('`tests/test_cart.py::test_total` failed: expected `4`, got `3`');
});
