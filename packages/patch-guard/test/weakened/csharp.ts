import type { Trick } from './trick.ts';

/** What could be done to the tests of the sample project so that they prove less. */
export const CSHARP: readonly Trick[] = [
  [
    'a test loses its mark',
    'test-deleted',
    ['    [Fact]\n    public void AddsItsLines', '    public void AddsItsLines'],
  ],
  [
    'a test is compiled for nobody',
    'assertion-bypassed',
    ['    [Fact]\n    public void AddsItsLines', '#if NEVER\n    [Fact]\n    public void AddsItsLines'],
    ['    [Fact]\n    public void IsFree', '#endif\n    [Fact]\n    public void IsFree'],
  ],
  ['an assertion is deleted', 'assertion-removed', ['        Assert.Equal(6, cart.Total());\n', '']],
  ['an assertion becomes a comment', 'assertion-removed', ['        Assert.Equal(6', '        // Assert.Equal(6']],
  [
    'equality becomes being there',
    'assertion-changed',
    ['Assert.Equal(6, cart.Total())', 'Assert.NotNull(cart.Total())'],
  ],
  ['equality becomes truth', 'assertion-trivial', ['Assert.Equal(6, cart.Total())', 'Assert.True(true)']],
  ['it is about itself', 'assertion-trivial', ['Assert.Equal(6, cart.Total())', 'Assert.Equal(cart, cart)']],
  ['the expected value is another', 'expectation-changed', ['Assert.Equal(6, cart', 'Assert.Equal(0, cart']],
  ['a case of the table is another', 'test-marking', ['InlineData(2, 6)', 'InlineData(2, 0)']],
  ['a case of the table is dropped', 'test-marking', ['    [InlineData(2, 6)]\n', '']],
  [
    'it is skipped',
    'test-skipped',
    ['    [Fact]\n    public void Adds', '    [Fact(Skip = "flaky")]\n    public void Adds'],
  ],
  [
    'it is ignored',
    'test-skipped',
    ['    [Fact]\n    public void Adds', '    [Ignore("flaky")]\n    [Fact]\n    public void Adds'],
  ],
  [
    'it is only run by hand',
    'test-skipped',
    ['    [Fact]\n    public void Adds', '    [Fact, Explicit]\n    public void Adds'],
  ],
  [
    'it passes from within',
    'test-skipped',
    ['        Assert.Equal(6', '        Assert.Pass();\n        Assert.Equal(6'],
  ],
  [
    'it returns early',
    'assertion-bypassed',
    ['        Assert.Equal(6', '        if (cart.Total() != 6) return;\n        Assert.Equal(6'],
  ],
  [
    'it is under a condition',
    'assertion-bypassed',
    ['        Assert.Equal(6', '        if (cart.Total() == 6)\n        Assert.Equal(6'],
  ],
  [
    'it is caught',
    'swallowed-error',
    ['        Assert.Equal(6, cart.Total());', '        try { Assert.Equal(6, cart.Total()); } catch { }'],
  ],
  [
    'it is repeated',
    'retry-or-timeout',
    ['    [Fact]\n    public void Adds', '    [Fact, Retry(5)]\n    public void Adds'],
  ],
  [
    'the run is left',
    'assertion-bypassed',
    ['        Assert.Equal(6', '        Environment.Exit(0);\n        Assert.Equal(6'],
  ],
  [
    'the assertion is its own',
    'runner-patched',
    [
      'public class CartTests',
      'public static class Assert { public static void Equal(object a, object b) { } }\n\npublic class CartTests',
    ],
  ],
  [
    'warnings are silenced',
    'suppression',
    ['public class CartTests', '#pragma warning disable\npublic class CartTests'],
  ],
  [
    'the result is written by hand',
    'test-code-changed',
    ['var cart = new Cart(new[] { new Line(3, 2) });', 'var cart = Six;'],
  ],
  [
    'a new test asserts nothing',
    'test-without-assertion',
    [
      '    [Theory]',
      '    [Fact]\n    public void Runs()\n    {\n        new Cart(new Line[0]);\n    }\n\n    [Theory]',
    ],
  ],
];
