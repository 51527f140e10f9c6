import { isQuotedSecret } from './secret-assignments.ts';
import type { SecretRule } from './secret-rule.ts';

/** What stands before a quoted value. They are in many lines: only those with a `LONG_QUOTE`, too, are worth a closer look. */
export const QUOTED_LITERALS: readonly string[] = ['=', ':', '=>'].flatMap((operator) =>
  ['"', "'"].flatMap((quote) => [operator + quote, `${operator} ${quote}`]),
);
export const LONG_QUOTE = /["'][A-Za-z0-9]{20}/;

/** Shapes that many tools share: signed tokens, passwords in addresses and headers. Last, because they match most loosely. */
export const SHAPE_RULES: readonly SecretRule[] = [
  { kind: 'jwt', literals: ['eyj'], pattern: /\beyJ[\w-]{10,4000}\.(?:eyJ|[\w-])[\w-]{8,8000}(?:\.[\w-]{0,2000})?/g },
  { kind: 'jwt', literals: ['zxlk', 'zxlj'], pattern: /\bZXlK[A-Za-z0-9+/=_-]{40,4000}/g },
  { kind: 'age-key', literals: ['age-secret-key-1'], pattern: /\bAGE-SECRET-KEY-1[0-9A-Z]{58}/gi },
  {
    kind: 'url-password',
    literals: ['://'],
    beside: '@',
    pattern: /\b[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/[^\s:@/"'<>[]{0,100}:(?<secret>[^\s@/"'<>]{3,300})@[\w[]/g,
  },
  {
    kind: 'url-token',
    literals: ['://'],
    beside: '@',
    pattern: /\bhttps?:\/\/(?<secret>[A-Za-z0-9_-]{20,200})@[\w[]/g,
    mixed: true,
  },
  {
    kind: 'authorization',
    literals: ['authorization', 'bearer', 'x-api-key', 'private-token', 'x-vault-token'],
    pattern:
      /\b(?:authorization["']?\s{0,2}[:=,]\s{0,2}["']?(?:(?:basic|bearer|token|apikey)\s{1,3})?|bearer\s{1,3}|x-api-key["']?\s{0,2}:\s{0,2}["']?|private-token["']?\s{0,2}:\s{0,2}["']?|x-vault-token["']?\s{0,2}:\s{0,2}["']?)(?<secret>[\w.~+/=-]{16,4000})/gi,
    mixed: true,
  },
  {
    kind: 'login-password',
    literals: ['curl'],
    pattern: /\s(?:-u|--user)[ =]["']?[\w.@-]{1,80}:(?<secret>[^\s"']{4,200})/g,
  },
  {
    kind: 'login-password',
    literals: ['login', 'sshpass'],
    beside: ' -p',
    pattern: /\b(?:login|sshpass)\s(?:[^\n]{0,120}?\s)?-p[ =]?["']?(?<secret>[^\s"']{6,400})/g,
  },
  {
    kind: 'login-password',
    literals: ['login'],
    beside: 'password',
    pattern: /\blogin\s{1,4}\S{1,100}\s{1,4}password\s{1,4}(?<secret>\S{4,400})/g,
  },
  {
    kind: 'login-password',
    literals: ['pass:'],
    beside: '-pass',
    pattern: /-pass(?:in|out)?\s{1,3}pass:(?<secret>[^\s"']{4,200})/g,
  },
  {
    kind: 'login-password',
    literals: ['jdbc:oracle:'],
    beside: '@',
    pattern: /\bjdbc:oracle:\w{2,6}:[^\s/@"']{1,80}\/(?<secret>[^\s@"']{4,200})@/gi,
  },
  {
    kind: 'login-password',
    literals: ['"auth"', "'auth'"],
    pattern: /["']auth["']\s{0,3}:\s{0,3}["'](?<secret>[A-Za-z0-9+/=]{12,400})["']/g,
    mixed: true,
  },
  {
    kind: 'authorization',
    literals: ['cookie'],
    pattern: /\b(?:set-)?cookie["']?\s{0,2}[:,]\s{0,2}["']?[^\n"']{0,200}?=(?<secret>[\w.%+/=~-]{16,4000})/gi,
    mixed: true,
  },
  {
    kind: 'service-token',
    literals: ['sonar.login'],
    pattern: /\bsonar\.login["']?\s{0,2}[=:]\s{0,2}["']?(?<secret>\w{20,80})/g,
    mixed: true,
  },
  {
    kind: 'assigned-secret',
    literals: QUOTED_LITERALS,
    pattern:
      /(?:^|[^\w.-])(?<name>[\w.-]{1,60})["']?\s{0,3}(?:=>|:=|=|:)\s{0,3}["'](?<secret>[A-Za-z0-9]{20,200})["']/g,
    isSecret: isQuotedSecret,
  },
];
