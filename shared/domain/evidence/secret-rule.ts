/** One shape of secret. The pattern runs only on lines where a literal occurs; group `secret`, or the whole match, is replaced. */
export interface SecretRule {
  readonly kind: string;
  /** ASCII, matched in either case. */
  readonly literals: readonly string[];
  /** Also stands in every line that the pattern can match. */
  readonly beside?: string;
  /** Global, linear: bounded repeats behind a literal, no look-around, no back-reference. */
  readonly pattern: RegExp;
  /** The match must also look random: letters and digits mixed. */
  readonly mixed?: true;
  /** What else the secret has to be, given the name before it where the pattern captures one. */
  isSecret?(secret: string, name: string): boolean;
  /** What stands right before a match that is no secret. */
  readonly unlessBehind?: RegExp;
}
