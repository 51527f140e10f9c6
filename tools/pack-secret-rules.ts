import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';

const Examples = z.strictObject({ matches: z.array(z.string()).min(1), rejects: z.array(z.string()).min(1) });
const Rule = z.strictObject({
  kind: z.string(),
  literals: z.array(z.string().min(2)).min(1),
  beside: z.string().optional(),
  pattern: z.string(),
  ignoreCase: z.boolean().optional(),
  mixed: z.boolean().optional(),
  value: z.string().optional(),
  unlessBehind: z.string().optional(),
  needs: z.enum(['long', 'solid', 'at']).optional(),
  examples: Examples,
});
const RuleFile = z.strictObject({ rules: z.array(Rule) });
const Words = z.array(z.string().min(1)).min(1);
const WordFile = z.strictObject({
  passwords: Words,
  passwordsAlone: Words,
  secrets: Words,
  keys: Words,
  vague: Words,
  copulas: Words,
  examples: Examples,
});
const ALPHABETS = {
  alnum: '[A-Za-z0-9]',
  hex: '[a-f0-9]',
  lower: '[a-z0-9]',
  upper: '[A-Z0-9]',
  word: '[\\w-]',
} as const;
const Token = z.tuple([
  z.string().min(3),
  z.enum(['alnum', 'hex', 'lower', 'upper', 'word']),
  z.int().min(16),
  z.int().min(16),
  z.string().min(1),
]);
const TokenFile = z.strictObject({ kind: z.string(), tokens: z.array(Token).min(1) });
const VendorFile = z.strictObject({ vendors: Words, kind: z.string(), pattern: z.string(), examples: Examples });

/** Files of rules, in the order in which the rules are applied. */
const RULE_FILES = ['code-and-registries', 'clouds', 'services', 'platforms', 'commands'];
/** The file among them that knows no provider's tokens. */
const COMMANDS_FILE = 'commands';
/** Rules for shapes that many tools share. They match most loosely, so they are applied last. */
const LOOSEST_FILE = 'addresses-and-headers';

export interface SecretRuleFiles {
  readonly rules: readonly (z.infer<typeof Rule> & { readonly isFormat?: boolean })[];
  readonly words: z.infer<typeof WordFile>;
  readonly vendors: readonly string[];
}

/** One rule for all tokens that their beginning tells. */
function prefixRule({ kind, tokens }: z.infer<typeof TokenFile>): z.infer<typeof Rule> & { readonly isFormat: true } {
  const escaped = (text: string): string => text.replaceAll('.', '\\.');
  const formats = tokens.map(([start, alphabet, min, max]) => `${escaped(start)}${ALPHABETS[alphabet]}{${min},${max}}`);
  return {
    kind,
    literals: tokens.map(([start]) => start.toLowerCase()),
    pattern: `\\b(?:${formats.join('|')})`,
    mixed: true,
    isFormat: true,
    needs: 'long',
    examples: {
      matches: tokens.map(
        ([start, alphabet, min]) => `deployed with <<${start}{${alphabet === 'word' ? 'alnum' : alphabet} ${min}}>>`,
      ),
      rejects: tokens.map(([start]) => `nothing follows ${start}`),
    },
  };
}

/** Reads `shared/data/secrets/*.yaml` below `root`. Throws for an invalid rule, and for a file that is not in `RULE_FILES`. */
export function readSecretRules(root: string): SecretRuleFiles {
  const folder = join(root, 'shared/data/secrets');
  const read = (name: string): unknown =>
    parse(readFileSync(join(folder, `${name}.yaml`), 'utf8'), { maxAliasCount: 0 });
  const known = new Set([...RULE_FILES, LOOSEST_FILE, 'token-prefixes', 'words', 'vendors']);
  for (const file of globSync('*.yaml', { cwd: folder })) {
    if (!known.has(basename(file, '.yaml')))
      throw new Error(`${join(folder, file)} is never read. Add it to RULE_FILES.`);
  }
  const words = WordFile.parse(read('words'));
  const { vendors, kind, pattern, examples } = VendorFile.parse(read('vendors'));
  const vendorRule = {
    kind,
    literals: vendors,
    pattern: pattern.replace('{vendors}', vendors.join('|')),
    ignoreCase: true,
    mixed: true,
    isFormat: true,
    needs: 'long' as const,
    examples,
  };
  const rules = RULE_FILES.flatMap((name) =>
    RuleFile.parse(read(name)).rules.map((rule) => (name === COMMANDS_FILE ? rule : { ...rule, isFormat: true })),
  );
  const loose = RuleFile.parse(read(LOOSEST_FILE)).rules;
  return {
    rules: [...rules, prefixRule(TokenFile.parse(read('token-prefixes'))), vendorRule, ...loose],
    words,
    vendors,
  };
}

/** The rules as JSON for the bundles, without their examples. */
export function packSecretRules(root: string): string {
  const { rules, words } = readSecretRules(root);
  const packed = rules.map(({ examples: _, ...rule }) => rule);
  const { examples: __, ...lists } = words;
  return `${JSON.stringify({ rules: packed, words: lists })}\n`;
}

const PACKED = 'packages/redaction/src/secret-rules.json';

/** Writes the packed rules to the file that the redactor imports, if they changed. Does nothing if `root` has no rules. */
export function writeSecretRules(root: string): void {
  if (!existsSync(join(root, 'shared/data/secrets'))) return;
  const path = join(root, PACKED);
  const packed = packSecretRules(root);
  if (!existsSync(path) || readFileSync(path, 'utf8') !== packed) writeFileSync(path, packed);
}

if (import.meta.main) writeSecretRules(join(import.meta.dirname, '..'));
