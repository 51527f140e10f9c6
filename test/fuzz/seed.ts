let announced: number | null = null;

function wholeNumber(name: 'FUZZ_RUNS' | 'FUZZ_SEED', min: number): number | null {
  const text = process.env[name];
  if (text === undefined || text === '') return null;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min) throw new Error(`${name} must be a whole number of at least ${min}`);
  return value;
}

/**
 * How a seeded suite runs: `FUZZ_RUNS` (default: `defaultRuns`) rounds from `FUZZ_SEED` (default: a new one; `npm test` always
 * takes the same).
 * The seed is printed once per process, so that a failure can be run again. A suite whose round takes long (starts processes, inflates
 * archives of megabytes) makes only a `share` of the rounds that `FUZZ_RUNS` asks for, so that all suites end in minutes.
 */
export function fuzzOptions(defaultRuns: number, share = 1): { numRuns: number; seed: number } {
  const seed = announced ?? wholeNumber('FUZZ_SEED', 0) ?? Math.floor(Math.random() * 2 ** 31);
  if (announced === null) console.log(`fuzz seed: ${seed} (run again with FUZZ_SEED=${seed})`);
  announced = seed;
  const asked = wholeNumber('FUZZ_RUNS', 1);
  return { numRuns: asked === null ? defaultRuns : Math.ceil(asked * share), seed };
}
