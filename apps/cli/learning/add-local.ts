import { type ExitCode, type OptionValues, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { addPattern, PatternOrder } from '#shared/app/learning/write-pattern.ts';
import { wordingsOf } from '#shared/domain/learning/learned-pattern.ts';
import { caseOfPastIncident } from '#shared/domain/learning/replay.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import type { PatternVersions } from '#shared/ports/learning-stores.ts';
import { idAmong } from './knowledge-api.ts';
import { learningChange, openPatterns, type PATTERN_OPTIONS } from './open-patterns.ts';

/** A file keeps no earlier revisions. */
const NO_VERSIONS: PatternVersions = { keep: async () => {}, of: async () => [] };

/** Adds a pattern to a file or straight to a table, by the rules of the API. */
export async function addLocalPattern(
  given: { readonly parent: string | null } & Readonly<Record<string, unknown>>,
  options: OptionValues<typeof PATTERN_OPTIONS> & { readonly dryRun: boolean; readonly json?: boolean | undefined },
  terminal: Terminal,
): Promise<ExitCode> {
  const opened = await openPatterns(options, terminal);
  const known = await opened.patterns.list(opened.scope);
  const parent = given.parent === null ? null : idAmong(known, given.parent, 'the file');
  const parsed = PatternOrder.safeParse({ ...given, parent });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UsageError(`--${issue?.path[0]?.toString() ?? 'pattern'}: ${issue?.message ?? 'invalid'}.`);
  }
  const past = (await opened.remembered()).map(caseOfPastIncident);
  const change = { ...learningChange(opened, terminal), past, dryRun: options.dryRun };
  const actionIds = ACTIONS.map(({ id }) => id);
  const written = await addPattern(parsed.data, change, { ...opened, versions: NO_VERSIONS, actionIds });
  if (written.kind === 'done') {
    const { pattern } = written;
    const text = `${options.dryRun ? 'would be added' : 'added'}: ${pattern.id}  ${pattern.class}, ${pattern.stage}: ${wordingsOf(pattern).join(' | ')}\n`;
    await terminal.write(options.json === true ? `${JSON.stringify({ pattern, dryRun: options.dryRun })}\n` : text);
    return 0;
  }
  const reason = 'reason' in written ? written.reason : 'somebody else changed the file meanwhile';
  if (written.kind === 'invalid') throw new UsageError(reason);
  terminal.say(`selfheal: not added: ${reason}.`);
  return 1;
}
