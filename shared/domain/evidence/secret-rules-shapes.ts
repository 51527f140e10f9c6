import type { SecretRule } from './secret-rule.ts';

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
      /\b(?:authorization["']?\s{0,2}[:=]\s{0,2}["']?(?:(?:basic|bearer|token|apikey)\s{1,3})?|bearer\s{1,3}|x-api-key["']?\s{0,2}:\s{0,2}["']?|private-token["']?\s{0,2}:\s{0,2}["']?|x-vault-token["']?\s{0,2}:\s{0,2}["']?)(?<secret>[\w.~+/=-]{16,4000})/gi,
    mixed: true,
  },
  {
    kind: 'login-password',
    literals: ['curl'],
    pattern: /\s(?:-u|--user)[ =]["']?[\w.@-]{1,80}:(?<secret>[^\s"']{4,200})/g,
  },
];
