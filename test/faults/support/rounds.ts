/** Rounds of each suite of faults: `FAULT_RUNS`, which `npm run test:faults` sets and `npm test` leaves small. */
export const ROUNDS = wholeNumber('FAULT_RUNS', 1);
/** From this many rounds on those are included that wait for time-outs of real seconds. */
export const LONG_ROUNDS = 10;
const SEED = wholeNumber('FUZZ_SEED', 20_261_121);

/** The seed of a suite, printed so that a failure can be run again. */
export function announceSeed(suite: string): number {
  console.log(`${suite}: FUZZ_SEED=${SEED} FAULT_RUNS=${ROUNDS}`);
  return SEED;
}

/** Milliseconds that a test of so many rounds may take on a machine that does much else. */
export const timeFor = (rounds: number): number => 600_000 + rounds * 60_000;

function wholeNumber(name: 'FAULT_RUNS' | 'FUZZ_SEED', otherwise: number): number {
  const value = Number(process.env[name] || otherwise);
  if (!Number.isInteger(value) || value < 0) throw new Error(`${name} must be a whole number.`);
  return value;
}
