const windowRows = 6400;
const stepRows = 100;

/**
 * The baseline of the benchmark (NAB, windowed Gaussian): the normal distribution function of a value, given mean and standard deviation of a
 * window of 6400 rows that moves in steps of 100. Scores are from 0 to 1; only high values score high.
 */
export function windowedGaussianScores(values: readonly number[]): number[] {
  let window: number[] = [];
  let step: number[] = [];
  let sum = 0;
  let squares = 0;
  const learn = (value: number): void => {
    window.push(value);
    sum += value;
    squares += value * value;
  };
  return values.map((value) => {
    const score = window.length === 0 ? 0 : normalDistribution(value, sum, squares, window.length);
    if (window.length < windowRows) learn(value);
    else step.push(value);
    if (step.length === stepRows) {
      const kept = [...window.slice(stepRows), ...step];
      [window, step, sum, squares] = [[], [], 0, 0];
      kept.forEach(learn);
    }
    return score;
  });
}

function normalDistribution(value: number, sum: number, squares: number, count: number): number {
  const mean = sum / count;
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean)) || 1e-6;
  return 1 - 0.5 * complementaryError((value - mean) / deviation / Math.SQRT2);
}

const coefficients = [
  0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
  -1.26551223,
];

/** erfc by its Chebyshev fit (Press et al., "Numerical Recipes", 2nd edition, 6.2); relative error below 1.2e-7. */
function complementaryError(x: number): number {
  const size = Math.abs(x);
  const t = 1 / (1 + 0.5 * size);
  const exponent = coefficients.reduce((total, coefficient) => total * t + coefficient, 0);
  const result = t * Math.exp(-size * size + exponent);
  return x >= 0 ? result : 2 - result;
}
