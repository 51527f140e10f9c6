import type { MoreTrick } from './more-trick.ts';

/** Further tricks with the tests of the sample project. */
export const csharp: readonly MoreTrick[] = [
  [
    'a local function takes it',
    [
      '        Assert.Equal(6, cart.Total());',
      '        void Never() {\n        Assert.Equal(6, cart.Total());\n        }',
    ],
  ],
  [
    'a task that nobody awaits',
    ['        Assert.Equal(6, cart.Total());', '        Task.Run(() => Assert.Equal(6, cart.Total()));'],
  ],
  [
    'a conditional method',
    ['    [Fact]\n    public void Adds', '    [Conditional("NEVER")]\n    [Fact]\n    public void Adds'],
  ],
  [
    'a delegate',
    ['        Assert.Equal(6, cart.Total());', '        Action never = () =>\n        Assert.Equal(6, cart.Total());'],
  ],
];
