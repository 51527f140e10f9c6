import { describe, expect, it } from 'vitest';
import { judgePatch } from '../../src/judge-patch.ts';
import { placeSuggestion } from '../../src/place-suggestion.ts';
import { missingImports } from '../../src/recipes/missing-import.ts';

const PYTHON = [
  'Traceback (most recent call last):',
  '  File "/home/runner/work/shop/shop/shop/report.py", line 4, in render',
  '    return json.dumps(totals)',
  '           ^^^^',
  "NameError: name 'json' is not defined. Did you forget to import 'json'?",
];
const NODE = [
  'ReferenceError: path is not defined',
  '    at render (file:///home/runner/work/shop/shop/src/report.mjs:4:10)',
  '    at ModuleJob.run (node:internal/modules/esm/module_job:343:25)',
];

describe('a missing import', () => {
  it('[B70] of a module of the language itself is added behind the last import, and the rules for patches allow it', () => {
    const [found, ...more] = missingImports(PYTHON);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ file: 'shop/report.py', code: 'import json', line: 4 });
    const content = 'import os\n\n\ndef render(totals):\n    return json.dumps(totals)\n';
    const placed = placeSuggestion({ file: found?.file ?? null, code: found?.code ?? '' }, content);
    if (placed.kind !== 'patch') throw new Error(placed.reason);
    const tree = {
      modes: new Map([['shop/report.py', '100644']]),
      contentOf: () => content,
    };
    expect(judgePatch(placed.patch, tree)).toMatchObject({
      kind: 'accepted',
      files: [{ after: 'import os\nimport json\n\n\ndef render(totals):\n    return json.dumps(totals)\n' }],
    });
  });

  it('is found in what Node says, too', () => {
    expect(missingImports(NODE)).toMatchObject([{ file: 'src/report.mjs', code: "import path from 'node:path';" }]);
  });

  it.each([
    [
      'a name of the program itself',
      ['  File "shop/report.py", line 4, in render', "NameError: name 'total' is not defined"],
    ],
    [
      'a module that has to be installed',
      ['  File "shop/report.py", line 4, in render', "NameError: name 'requests' is not defined"],
    ],
    ['an error without a place', ["NameError: name 'json' is not defined"]],
    [
      "a place in somebody else's code",
      [
        '  File "/opt/hostedtoolcache/lib/python3.12/site-packages/x.py", line 4, in f',
        "NameError: name 'json' is not defined",
      ],
    ],
    [
      'a file of another language',
      ['  File "shop/report.txt", line 4, in render', "NameError: name 'json' is not defined"],
    ],
    [
      'a global of the browser',
      ['ReferenceError: window is not defined', '    at f (file:///home/runner/work/shop/shop/src/a.mjs:1:1)'],
    ],
  ])('is not guessed of %s', (_what, lines) => {
    expect(missingImports(lines)).toEqual([]);
  });
});
