import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';

/** Draws the variable parts of lines; the same seed gives the same draws. */
interface Draws {
  below(most: number): number;
  /** One of the given texts. */
  of(all: readonly string[]): string;
  /** One of ten thousand names, unevenly distributed. */
  name(): string;
  /** One of two thousand IP addresses, unevenly distributed. */
  address(): string;
  hex(digits: number): string;
  /** A number as decimal digits, at least two. */
  padded(most: number): string;
}

const SYLLABLES = 'ka lo mi ren tu va sel do pra nix'.split(' ');
const WORDS = ['cart', 'order', 'invoice', 'stock', 'price', 'user', 'mail', 'search'];
const HEX = '0123456789abcdef';

function drawsFrom(seed: number): Draws {
  const random = numbersFrom(seed);
  const below = (most: number): number => Math.floor(random() * most);
  const of = (all: readonly string[]): string => all[below(all.length)] ?? '';
  const hex = (digits: number): string => Array.from({ length: digits }, () => HEX.charAt(below(16))).join('');
  return {
    below,
    of,
    hex,
    name() {
      // Squared, so that some names are frequent.
      const number = Math.floor(random() ** 2 * 10_000);
      return [1_000, 100, 10, 1].map((place) => SYLLABLES[Math.floor(number / place) % 10] ?? '').join('');
    },
    address() {
      // A hash of the client's number, so that addresses recur.
      const client = Math.imul(Math.floor(random() ** 2 * 2_000) + 1, 0x9e3779b1) >>> 0;
      return [24, 16, 8, 0].map((shift) => (client >>> shift) & 255).join('.');
    },
    padded: (most) => String(below(most)).padStart(2, '0'),
  };
}

type Line = (draws: Draws) => string;

const clock = (draws: Draws): string => `${draws.padded(24)}:${draws.padded(60)}:${draws.padded(60)}`;

const sshd: readonly Line[] = [
  (d) => `Failed password for invalid user ${d.name()} from ${d.address()} port ${d.below(65_536)} ssh2`,
  (d) => `Failed password for root from ${d.address()} port ${d.below(65_536)} ssh2`,
  (d) => `Connection closed by ${d.address()} [preauth]`,
  (d) => `Invalid user ${d.name()} from ${d.address()}`,
  (d) =>
    `pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${d.address()}  user=root`,
  (d) =>
    `reverse mapping checking getaddrinfo for ${d.name()}.example.com [${d.address()}] failed - POSSIBLE BREAK-IN ATTEMPT!`,
];

const service: readonly Line[] = [
  (d) => `Handled GET /api/${d.of(WORDS)}s/${d.below(90_000)} with 200 in ${d.below(900)} ms`,
  (d) => `Order ${d.below(1_000_000)} of ${d.name()} was paid with card ending ${d.below(10_000)}`,
  (d) => `Cache miss for key ${d.of(WORDS)}:${d.hex(16)}, loading from the database`,
  (d) =>
    `Retrying request ${d.hex(8)}-${d.hex(4)}-4${d.hex(3)}-a${d.hex(3)}-${d.hex(12)} to http://${d.of(WORDS)}.shop.example.com:8080/v1, attempt ${d.below(5)}`,
  (d) =>
    `Connection pool shop: total=${d.below(20)}, active=${d.below(20)}, idle=${d.below(20)}, waiting=${d.below(9)}`,
  () => 'Refreshing the list of currencies',
];

const build: readonly Line[] = [
  (d) =>
    `Downloading https://registry.example.com/${d.name()}/-/${d.name()}-${d.below(9)}.${d.below(30)}.${d.below(9)}.tgz`,
  (d) => `[${d.below(100)}%] Building CXX object src/${d.of(WORDS)}/CMakeFiles/${d.of(WORDS)}.dir/${d.name()}.cc.o`,
  (d) => `--- PASS: Test${d.of(WORDS)}${d.name()} (${d.below(9)}.${d.padded(100)}s)`,
  (d) =>
    `src/${d.of(WORDS)}/${d.name()}.ts(${d.below(400)},${d.below(80)}): warning TS${d.below(9_000)}: '${d.name()}' is declared but never used.`,
  (d) => `digest: sha256:${d.hex(64)} size: ${d.below(9_000)}`,
];

/** Kinds of logs that `madeLines` can make. */
const KINDS = {
  'an SSH server': (d: Draws) =>
    `Dec ${10 + d.below(20)} ${clock(d)} host sshd[${d.below(32_768)}]: ${(sshd[d.below(sshd.length)] ?? String)(d)}`,
  'a web service': (d: Draws) =>
    `2026-01-${d.padded(28)} ${clock(d)},${d.below(1_000)} INFO  [http-nio-8080-exec-${d.below(20)}] com.example.shop.${d.of(WORDS)}.Controller : ${(service[d.below(service.length)] ?? String)(d)}`,
  'a build': (d: Draws) =>
    `2026-01-02T${clock(d)}.${d.below(10_000_000)}Z ${(build[d.below(build.length)] ?? String)(d)}`,
} as const satisfies Record<string, Line>;

export type KindOfLog = keyof typeof KINDS;
export const KINDS_OF_LOGS = Object.keys(KINDS) as KindOfLog[];

/** Makes `count` lines of a log; the same seed gives the same lines. */
export function madeLines(kind: KindOfLog, count: number, seed: number): string[] {
  const draws = drawsFrom(seed);
  return Array.from({ length: count }, () => KINDS[kind](draws));
}
