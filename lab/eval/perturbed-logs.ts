import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';

/** The same log in another dress. `at` gives for each line of before its 0-based place now. */
interface PerturbedLog {
  readonly lines: readonly string[];
  readonly at: (line: number) => number;
}

export interface Perturbation {
  readonly name: string;
  readonly change: (lines: readonly string[], seed: number) => PerturbedLog;
  /** Of so many logs one is measured: for what makes logs long. */
  readonly every: number;
}

/** Each line changed by itself. */
function eachLine(change: (line: string, at: number) => string): Perturbation['change'] {
  return (lines) => ({ lines: lines.map(change), at: (line) => line });
}

const CHATTER: readonly ((number: number) => string)[] = [
  (number) => `worker ${number % 16} handled batch ${number} in ${number % 90} ms`,
  (number) => `Compiling part ${number} of 60000`,
  (number) => `ok ${number} - keeps what it was given`,
  (number) => `GET /health 200 ${number % 7} ms`,
  (number) => `Unpacking library-${number % 400} (1.${number % 9}.${number % 30}) over (1.0.0) ...`,
  (number) => `[INFO] cache entry ${number} refreshed`,
  (number) => `    copied assets/page-${number}.html`,
];
const CHATTER_LINES = 50_000;

function chatter(seed: number): string[] {
  const random = numbersFrom(seed);
  return Array.from({ length: CHATTER_LINES }, (_, at) => {
    const speak = CHATTER[Math.floor(random() * CHATTER.length)] ?? String;
    return speak(at);
  });
}

/** Healthy lines before, in the middle of, and after the log. */
function amongChatter(lines: readonly string[], seed: number): PerturbedLog {
  const middle = Math.floor(lines.length / 2);
  const [before, between, after] = [chatter(seed), chatter(seed + 1), chatter(seed + 2)];
  return {
    lines: [...before, ...lines.slice(0, middle), ...between, ...lines.slice(middle), ...after],
    at: (line) => before.length + line + (line < middle ? 0 : between.length),
  };
}

/** Words that a project chooses are letters in other letters: `cart_total` and `CartTotal` become other names of the same form. */
function renamed(line: string): string {
  return line.replace(/\b[A-Za-z]+(?:[_./][A-Za-z]+)+\b|\b[A-Z]?[a-z]+(?:[A-Z][a-z]+)+\b/g, (name) =>
    /error|exception|fail|panic|assert|warn|fatal|bug|kasan|test/i.test(name)
      ? name
      : name.replace(/[a-z]{3,}/g, (part) => [...part].reverse().join('')),
  );
}

const stamp = (at: number): string => new Date(Date.UTC(2026, 0, 2, 3, 4, 5) + at * 137).toISOString();

/** Other dresses of a log; recall of its cause lines may fall by three points at most. */
export const PERTURBATIONS: readonly Perturbation[] = [
  { name: 'a time before each line', change: eachLine((line, at) => `${stamp(at)} ${line}`), every: 1 },
  { name: 'a container before each line', change: eachLine((line) => `shop-worker-7f9c | ${line}`), every: 1 },
  {
    name: 'a job and a time of day before each line',
    change: eachLine((line, at) => `[build] ${stamp(at).slice(11, 19)} ${line}`),
    every: 1,
  },
  { name: 'other project words', change: eachLine(renamed), every: 1 },
  {
    name: 'other numbers',
    change: eachLine((line) => line.replace(/\d/g, (digit) => String((Number(digit) * 7 + 3) % 10))),
    every: 1,
  },
  { name: 'lines in capitals', change: eachLine((line) => line.toUpperCase()), every: 1 },
  { name: `${CHATTER_LINES} healthy lines before, between and after`, change: amongChatter, every: 6 },
];
