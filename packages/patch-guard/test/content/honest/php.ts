import type { HonestFile } from './honest-file.ts';

export const PHP: readonly HonestFile[] = [
  {
    path: 'src/Booking.php',
    before: `<?php

declare(strict_types=1);

namespace App;

use DateTimeImmutable;
use InvalidArgumentException;

final class Booking
{
    private array $guests = [];

    public function __construct(
        private readonly DateTimeImmutable $from,
        private readonly DateTimeImmutable $to,
        private readonly int $pricePerNight,
    ) {
        if ($from > $to) {
            throw new InvalidArgumentException('The end is before the start.');
        }
    }

    public function addGuest(string $name): void
    {
        $this->guests[] = $name;
    }

    public function nights(): int
    {
        return $this->to->diff($this->from)->days + 1;
    }

    public function price(): int
    {
        $total = 0;
        for ($night = 0; $night <= $this->nights(); $night++) {
            $total += $this->pricePerNight;
        }
        return $total;
    }

    public function guestNames(): string
    {
        return implode(',', $this->guests);
    }

    public function overlaps(Booking $other): bool
    {
        return $this->from < $other->to || $other->from < $this->to;
    }

    public static function fromArray(array $data): self
    {
        return new self($data['from'], $data['to'], $data['price']);
    }
}
`,
    fixes: [
      ['$night <= $this->nights()', '$night < $this->nights()'],
      ['->days + 1;', '->days;'],
      ['$this->from < $other->to || $other', '$this->from < $other->to && $other'],
      ['if ($from > $to) {', 'if ($from >= $to) {'],
      ["implode(',', $this->guests)", "implode(', ', array_unique($this->guests))"],
      [
        '        $this->guests[] = $name;',
        "        if (trim($name) === '') {\n            throw new InvalidArgumentException('A guest needs a name.');\n        }\n        $this->guests[] = trim($name);",
      ],
      ["$data['price']);", "(int) ($data['price'] ?? 0));"],
      ['        return $total;', '        return max(0, $total);'],
      ['use InvalidArgumentException;', 'use InvalidArgumentException;\nuse App\\Pricing\\Season;'],
    ],
  },
  {
    path: 'src/TextTools.php',
    before: `<?php

namespace App;

class TextTools
{
    public function excerpt(string $text, int $length): string
    {
        return substr($text, 0, $length) . '...';
    }

    public function slug(string $title): string
    {
        $slug = strtolower($title);
        return str_replace(' ', '-', $slug);
    }

    public function countWords(string $text): array
    {
        $counts = [];
        foreach (explode(' ', $text) as $word) {
            $counts[$word]++;
        }
        return $counts;
    }

    public function isEmpty($text): bool
    {
        return $text == null;
    }

    public function title(string $text): string
    {
        return ucfirst($text);
    }
}
`,
    fixes: [
      ["substr($text, 0, $length) . '...'", "strlen($text) <= $length ? $text : mb_substr($text, 0, $length) . '...'"],
      ['strtolower($title)', 'strtolower(trim($title))'],
      ['$counts[$word]++;', '$counts[$word] = ($counts[$word] ?? 0) + 1;'],
      ['$text == null', "$text === null || trim($text) === ''"],
      ['        return $counts;', '        arsort($counts);\n        return $counts;'],
      ['ucfirst($text)', 'ucwords(strtolower($text))'],
      ['return ucfirst($text);', "return $text === '' ? '' : ucfirst($text);"],
      [
        "explode(' ', $text) as $word) {",
        "explode(' ', $text) as $word) {\n            if ($word === '') {\n                continue;\n            }",
      ],
      ["str_replace(' ', '-', $slug)", "str_replace([' ', '_'], '-', $slug)"],
    ],
  },
  {
    path: 'tests/TextToolsTest.php',
    before: `<?php

namespace App\\Tests;

use App\\TextTools;
use PHPUnit\\Framework\\TestCase;

final class TextToolsTest extends TestCase
{
    public function testSlug(): void
    {
        $tools = new TextTools();
        $this->assertSame('a-b', $tools->slug('A b'));
    }
}
`,
    fixes: [
      [
        "        $this->assertSame('a-b', $tools->slug('A b'));",
        "        $this->assertSame('a-b', $tools->slug('A b'));\n        $this->assertSame('', $tools->slug(''));",
      ],
      [
        '    public function testSlug',
        "    public function testTitle(): void\n    {\n        $tools = new TextTools();\n        $this->assertSame('Abc', $tools->title('abc'));\n    }\n\n    public function testSlug",
      ],
    ],
  },
];
