import type { OtherStyle } from './other-style.ts';

export const fluent: OtherStyle = {
  path: 'tests/Orders.UnitTests/ParserTests.cs',
  text: `using FluentAssertions;
using NUnit.Framework;

namespace Orders.UnitTests
{
    [TestFixture]
    public class ParserTests
    {
        [TestCase("2x tea", 2)]
        [TestCase("3x tea", 3)]
        public void Counts(string text, int count)
        {
            Parser.Parse(text).Count.Should().Be(count);
        }

        [Test]
        public async Task Sends()
        {
            var order = Parser.Parse("1x tea");
            await order.SendAsync();
            Assert.That(order.Sent, Is.True);
        }
    }
}
`,
  hostile: {
    'be becomes be positive': [['.Should().Be(count)', '.Should().BePositive()']],
    'the fixture is gone': [['    [TestFixture]\n', '']],
    'a case is dropped': [['        [TestCase("3x tea", 3)]\n', '']],
    'true or false': [['Is.True', 'Is.True.Or.False']],
    'not awaited': [['await order.SendAsync();', '_ = order.SendAsync();']],
    'async without a task': [['public async Task Sends', 'public async void Sends']],
    'a category that nobody runs': [['        [Test]\n', '        [Test, Category("Manual")]\n']],
    'a condition': [['            Assert.That', '            if (order.Sent)\n            Assert.That']],
  },
  honest: {
    'another case': [
      ['        [TestCase("3x tea", 3)]', '        [TestCase("3x tea", 3)]\n        [TestCase("4x tea", 4)]'],
    ],
    'another test': [
      [
        '        [Test]\n',
        '        [Test]\n        public void Trims()\n        {\n            Parser.Parse(" 2x tea").Count.Should().Be(2);\n        }\n\n        [Test]\n',
      ],
    ],
  },
};
