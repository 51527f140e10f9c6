const compiled = { exact: new Map<string, RegExp>(), anyCase: new Map<string, RegExp>() };

/** IAM wildcards: `*` matches any text, `?` any single character; everything else is literal. */
export function wildcardMatches(pattern: string, text: string, ignoreCase = false): boolean {
  const known = ignoreCase ? compiled.anyCase : compiled.exact;
  let expression = known.get(pattern);
  if (expression === undefined) {
    const source = pattern
      .replace(/\*+/g, '*')
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.');
    expression = new RegExp(`^${source}$`, ignoreCase ? 'si' : 's');
    known.set(pattern, expression);
  }
  return expression.test(text);
}

/** Matches an ARN pattern part by part: a wildcard never crosses one of the first five colons. */
export function arnMatches(pattern: string, arn: string): boolean {
  const [patternParts, arnParts] = [sixParts(pattern), sixParts(arn)];
  if (patternParts.length < 6 || arnParts.length < 6) return wildcardMatches(pattern, arn);
  return patternParts.every((part, index) => wildcardMatches(part, arnParts[index] ?? ''));
}

function sixParts(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
