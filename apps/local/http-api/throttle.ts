/** A token bucket: `rate` requests a second in the long run, `burst` at once. `now` is in milliseconds. */
export function makeThrottle(rate: number, burst: number, now: () => number = () => performance.now()) {
  let tokens = burst;
  let filledAt = now();
  return {
    /** Whether this request may pass. */
    take(): boolean {
      const at = now();
      tokens = Math.min(burst, tokens + ((at - filledAt) / 1000) * rate);
      filledAt = at;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
