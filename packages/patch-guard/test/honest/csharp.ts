import type { HonestEdits } from './honest-edits.ts';

/** What an honest fix may do to the sample project. */
export const csharp: HonestEdits = {
  source: {
    bound: [['i <= lines.Count', 'i < lines.Count']],
    import: [['using System.Collections.Generic;', 'using System;\nusing System.Collections.Generic;']],
    guard: [
      [
        '        var sum = 0;',
        '        if (lines.Count == 0)\n        {\n            return 0;\n        }\n        var sum = 0;',
      ],
    ],
    words: [
      ['    public int Total()', '    /// <summary>The sum of the lines, in cents.</summary>\n    public int Total()'],
    ],
  },
  test: {
    'another test': [
      [
        '    [Theory]',
        '    [Fact]\n    public void AddsMoreThanOneLine()\n    {\n        Assert.Equal(5, new Cart(new[] { new Line(1, 2), new Line(3, 1) }).Total());\n    }\n\n    [Theory]',
      ],
    ],
    'another assertion': [
      [
        '        Assert.Equal(6, cart.Total());',
        '        Assert.Equal(6, cart.Total());\n        Assert.NotEqual(5, cart.Total());',
      ],
    ],
    'stronger assertion': [
      ['Assert.NotNull(new Cart(new Line[0]).Label);', 'Assert.Equal("0 items", new Cart(new Line[0]).Label);'],
    ],
    'missing import': [['using Shop;', 'using System.Linq;\nusing Shop;']],
  },
  fresh: {
    path: 'test/Shop.Tests/LineTests.cs',
    text: 'using Xunit;\n\nnamespace Shop.Tests;\n\npublic class LineTests\n{\n    [Fact]\n    public void HasAPrice()\n    {\n        Assert.Equal(3, new Line(3, 2).Price);\n    }\n}\n',
  },
};
