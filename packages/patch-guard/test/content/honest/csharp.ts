import type { HonestFile } from './honest-file.ts';

export const CSHARP: readonly HonestFile[] = [
  {
    path: 'Shop/Basket.cs',
    before: `using System;
using System.Collections.Generic;
using System.Linq;

namespace Shop;

public class Basket
{
    private readonly List<Item> _items = new();
    private readonly decimal _limit;

    public Basket(decimal limit)
    {
        _limit = limit;
    }

    public int Count { get; private set; }

    public void Add(Item item)
    {
        _items.Add(item);
    }

    public decimal Total()
    {
        decimal sum = 0;
        for (var i = 0; i <= _items.Count; i++)
        {
            sum += _items[i].Price * _items[i].Quantity;
        }
        return sum;
    }

    public Item Cheapest()
    {
        return _items.OrderByDescending(item => item.Price).First();
    }

    public bool IsOverLimit() => Total() >= _limit;

    public string Describe()
    {
        return string.Join(", ", _items.Select(item => item.Name));
    }

    public decimal Average() => Total() / _items.Count;
}
`,
    fixes: [
      ['i <= _items.Count', 'i < _items.Count'],
      ['OrderByDescending(item => item.Price).First()', 'OrderBy(item => item.Price).First()'],
      ['        _items.Add(item);', '        _items.Add(item);\n        Count++;'],
      ['Total() >= _limit', 'Total() > _limit'],
      ['Total() / _items.Count;', '_items.Count == 0 ? 0 : Total() / _items.Count;'],
      [
        '        _items.Add(item);',
        '        if (item == null)\n        {\n            throw new ArgumentNullException(nameof(item));\n        }\n        _items.Add(item);',
      ],
      ['_items.Select(item => item.Name)', '_items.Select(item => item.Name).Distinct().OrderBy(name => name)'],
      ['        return sum;', '        return Math.Round(sum, 2);'],
      [
        'public Item Cheapest()\n    {\n        return _items.OrderByDescending(item => item.Price).First()',
        'public Item? Cheapest()\n    {\n        return _items.OrderBy(item => item.Price).FirstOrDefault()',
      ],
      [
        '        _limit = limit;',
        '        if (limit < 0)\n        {\n            throw new ArgumentOutOfRangeException(nameof(limit));\n        }\n        _limit = limit;',
      ],
    ],
  },
  {
    path: 'Shop/Slug.cs',
    before: `using System.Text;

namespace Shop;

public static class Slug
{
    public static string Of(string title)
    {
        var result = new StringBuilder();
        foreach (var letter in title)
        {
            if (char.IsLetterOrDigit(letter))
            {
                result.Append(letter);
            }
            else
            {
                result.Append('-');
            }
        }
        return result.ToString();
    }

    public static bool IsValid(string slug)
    {
        return slug.Length > 0 || slug.Length < 80;
    }

    public static string Shorten(string slug, int length)
    {
        return slug.Substring(0, length);
    }
}
`,
    fixes: [
      ['slug.Length > 0 || slug.Length < 80', 'slug.Length > 0 && slug.Length < 80'],
      ['slug.Substring(0, length)', 'slug.Length <= length ? slug : slug.Substring(0, length)'],
      ['result.ToString();', "result.ToString().Trim('-').ToLowerInvariant();"],
      ['in title)', 'in title.Trim())'],
      ["result.Append('-');", "result.Append('_');"],
      ['            else\n', "            else if (result.Length > 0 && result[^1] != '-')\n"],
      [
        '        var result = new',
        '        if (string.IsNullOrEmpty(title))\n        {\n            return "";\n        }\n        var result = new',
      ],
    ],
  },
  {
    path: 'Shop.Tests/SlugTests.cs',
    before: `using Xunit;

namespace Shop.Tests;

public class SlugTests
{
    [Fact]
    public void KeepsLetters()
    {
        Assert.Equal("abc", Slug.Of("abc"));
    }
}
`,
    fixes: [
      [
        '        Assert.Equal("abc", Slug.Of("abc"));',
        '        Assert.Equal("abc", Slug.Of("abc"));\n        Assert.Equal("a-b", Slug.Of("a b"));',
      ],
      [
        '    [Fact]\n    public void KeepsLetters',
        '    [Fact]\n    public void IsEmptyForNothing()\n    {\n        Assert.Equal("", Slug.Of(""));\n    }\n\n    [Fact]\n    public void KeepsLetters',
      ],
    ],
  },
];
