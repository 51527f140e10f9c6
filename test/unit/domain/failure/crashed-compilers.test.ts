import { join } from 'node:path';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { describe, expect, it } from 'vitest';
import { loadSignatures } from '#shared/adapters/archive/data-files.ts';

const { signatures } = await loadSignatures(join(import.meta.dirname, '../../../../shared/data'));

function classifyLines(lines: readonly string[]) {
  const source = {
    ...{ id: 'job-1', name: 'build', url: null, totalLines: lines.length },
    lines: lines.map((text, at) => ({ ref: `L${at + 1}`, number: at + 1, text, score: 8 })),
  };
  const evidence = Evidence.parse({
    version: 1,
    incidentId: 'gh-0123456789abcdef01234567',
    gatheredAt: '2026-01-02T03:04:05Z',
    sources: [source],
    notes: [],
  });
  const { class: failureClass, verdict, signature, evidence: found } = classify(evidence, { signatures });
  return { failureClass, verdict, signature, found };
}

const CRASHED = 'compiler-crashed';

describe('a build whose compiler crashed', () => {
  it.each<[compiler: string, at: number, lines: string[]]>([
    [
      'GCC',
      2,
      [
        '[ 40%] Building CXX object src/CMakeFiles/cart.dir/total.cc.o',
        '/srv/shop/src/total.cc:17:23: internal compiler error: in tsubst_copy, at cp/pt.cc:16925',
        'Please submit a full bug report, with preprocessed source (by using -freport-bug).',
        'make: *** [Makefile:101: all] Error 2',
      ],
    ],
    [
      'Clang',
      3,
      [
        '[3/9] Building CXX object total.cpp.o',
        'Stack dump:',
        'clang++: error: clang frontend command failed with exit code 139 (use -v to see invocation)',
        'ninja: build stopped: subcommand failed.',
      ],
    ],
    [
      'rustc',
      3,
      [
        '   Compiling shop v0.1.0 (/srv/shop)',
        "thread 'rustc' panicked at compiler/rustc_middle/src/ty/mod.rs:1437:13:",
        'error: the compiler unexpectedly panicked. this is a bug.',
        'error: could not compile `shop` (lib)',
      ],
    ],
    [
      'MSVC',
      2,
      [
        '  total.cpp',
        'D:\\a\\shop\\src\\total.cpp(41): fatal error C1001: Internal compiler error.',
        'Done Building Project "D:\\a\\shop\\shop.vcxproj" (default targets) -- FAILED.',
      ],
    ],
    [
      'Go',
      2,
      [
        '# example.com/shop/cart',
        "/srv/shop/cart/total.go:31:2: internal compiler error: 'total': panic during ssa compile: index out of range",
        'FAIL\texample.com/shop/cart [build failed]',
      ],
    ],
    ['GHC', 1, ["ghc: panic! (the 'impossible' happened)", 'Error: cabal: Failed to build shop-0.1.0.0.']],
  ])('of %s is no fault of the code', (_, at, lines) => {
    const { failureClass, verdict, signature, found } = classifyLines(lines);
    expect({ failureClass, verdict, signature }).toEqual({
      failureClass: 'runtime_exceptions',
      verdict: 'infrastructure',
      signature: CRASHED,
    });
    expect(found[0]).toBe(`L${at}`);
  });

  it('because the machine killed it is short of memory', () => {
    const lines = ['g++: fatal error: Killed signal terminated program cc1plus', 'compilation terminated.'];
    expect(classifyLines(lines)).toMatchObject({ failureClass: 'resource_exhaustion', signature: 'compiler-killed' });
  });

  it('is told from a program that crashed below a script', () => {
    const lines = [
      'running 14 checks',
      './scripts/run-tests.sh: line 12:  4123 Segmentation fault      (core dumped) ./build/cart-tests --all',
      'make: *** [Makefile:20: check] Error 139',
    ];
    expect(classifyLines(lines)).toMatchObject({ failureClass: 'runtime_exceptions', verdict: 'regression' });
  });
});
