import { corpora } from './corpus.ts';
import { OTHER_STYLES } from './other-styles.ts';
import { edited } from './patches.ts';
import { PROJECTS } from './projects.ts';

/** What is done to the tests of a project, and how. */
type MoreTrick = readonly [what: string, ...edits: (readonly [string, string])[]];
const TESTS = corpora<readonly MoreTrick[]>('more-tricks');

/** Further ways to have tests prove less, written after the rules: what they are refused for does not matter. */
export const MORE_TRICKS = [
  ...Object.values(PROJECTS).flatMap(({ language, test }) =>
    TESTS[language].map(([what, ...edits]) => ({
      what: `${language}: ${what}`,
      path: test.path,
      before: test.text,
      after: edited(test.text, ...edits),
    })),
  ),
  ...(
    [
      [
        'a hook takes the queue',
        OTHER_STYLES.jest,
        ["  it('parses an order'", "  afterEach(() => { queue = [1]; });\n\n  it('parses an order'"],
      ],
      [
        'the table is sliced',
        OTHER_STYLES.jest,
        ["    ['x', 'no count'],\n  ])('refuses %s'", "    ['x', 'no count'],\n  ].slice(0, 0))('refuses %s'"],
      ],
      [
        'the error is not passed on',
        OTHER_STYLES.jest,
        ['(error) => {\n      assert', '() => {\n      const error = null;\n      assert'],
      ],
      [
        'the set-up skips by a condition',
        OTHER_STYLES.unittest,
        ['        self.queue = []', '        self.queue = []\n        if not self.queue: raise unittest.SkipTest'],
      ],
      [
        'a mock for the class',
        OTHER_STYLES.unittest,
        [
          'from orders.core import Order, parse',
          'from unittest.mock import MagicMock as Order\nfrom orders.core import parse',
        ],
      ],
    ] as const
  ).map(([what, style, edit]) => ({ what, path: style.path, before: style.text, after: edited(style.text, edit) })),
];
