import type { Project } from './project.ts';

/** The sample project in this language. */
export const csharp: Project = {
  language: 'csharp',
  source: {
    path: 'src/Shop/Cart.cs',
    text: `using System.Collections.Generic;

namespace Shop;

public sealed class Cart
{
    private readonly IReadOnlyList<Line> lines;

    public Cart(IReadOnlyList<Line> lines)
    {
        this.lines = lines;
    }

    public int Total()
    {
        var sum = 0;
        for (var i = 0; i <= lines.Count; i++)
        {
            sum += lines[i].Price * lines[i].Count;
        }
        return sum;
    }
}
`,
  },
  test: {
    path: 'test/Shop.Tests/CartTests.cs',
    text: `using Shop;
using Xunit;

namespace Shop.Tests;

public class CartTests
{
    [Fact]
    public void AddsItsLines()
    {
        var cart = new Cart(new[] { new Line(3, 2) });
        Assert.Equal(6, cart.Total());
    }

    [Fact]
    public void IsFreeWhenEmpty()
    {
        Assert.Equal(0, new Cart(new Line[0]).Total());
        Assert.NotNull(new Cart(new Line[0]).Label);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 6)]
    public void CountsThem(int count, int expected)
    {
        Assert.Equal(expected, new Cart(new[] { new Line(3, count) }).Total());
    }
}
`,
  },
};
