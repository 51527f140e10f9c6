import { join } from 'node:path';
import { type OptionSpecs, type OptionValues, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { changeBy } from '#apps/workbench/registry/open-registry.ts';
import { readConfiguration } from '#infra/configuration.ts';
import { makeFilePatternStore } from '#shared/adapters/archive/file-pattern-store.ts';
import type { LearningChange } from '#shared/app/learning/change-pattern.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { PastIncident } from '#shared/domain/knowledge/search/past-incident.ts';
import type { Learning } from '#shared/domain/learning/learning-settings.ts';
import type { PatternStore } from '#shared/ports/learning-stores.ts';

/** Default file of learned patterns. */
const LOCAL_PATTERNS = join('.selfheal', 'patterns.json');
const LOCAL_SCOPE = 'local';
const MAX_PAST_INCIDENTS = 20_000;

export const PATTERN_OPTIONS = {
  patterns: { type: 'string', value: 'FILE', about: `the file of learned patterns; ${LOCAL_PATTERNS} by default` },
  table: { type: 'string', value: 'NAME', about: "the deployment's Knowledge table instead of a file; needs --scope" },
  scope: {
    type: 'string',
    value: 'SCOPE',
    about:
      'the place of the patterns: owner/name, service:NAME, the name of an alarm, repository#ID:OWNER/NAME or alarm#ARN; all services by default; with a file any name',
  },
  config: {
    type: 'string',
    value: 'FILE',
    about: 'the configuration with the limits of learning; the defaults without it',
  },
} as const satisfies OptionSpecs;

/** Patterns of one scope, with the rules of learning. */
export interface OpenPatterns {
  readonly patterns: PatternStore;
  readonly scope: string;
  readonly rules: Learning;
  /** Past incidents of the scope that are still stored. */
  readonly remembered: () => Promise<PastIncident[]>;
}

/** Opens the patterns that the options name, and says where they are unless a person named it. Loads the AWS SDK only for a table. Throws `UsageError` for contradicting options. */
export async function openPatterns(
  options: OptionValues<typeof PATTERN_OPTIONS>,
  terminal: Pick<Terminal, 'say'>,
): Promise<OpenPatterns> {
  const { table, patterns: file, scope, config } = options;
  const rules = (config === undefined ? Configuration.parse({ version: 1 }) : readConfiguration(config)).learning;
  if (table === undefined) {
    if (file === undefined)
      terminal.say(
        `selfheal: not signed in: the patterns are those of the file ${LOCAL_PATTERNS} ("selfheal login" uses a deployment's)`,
      );
    const patterns = makeFilePatternStore(file ?? LOCAL_PATTERNS);
    return { patterns, scope: scope ?? LOCAL_SCOPE, rules, remembered: async () => [] };
  }
  if (file !== undefined) throw new UsageError('Use either --patterns or --table, not both.');
  if (scope === undefined || !/^(?:repository#\d+:[a-z0-9_-]+\/[a-z0-9._-]+|alarm#arn:.+)$/.test(scope)) {
    throw new UsageError(
      '--table needs --scope repository#ID:OWNER/NAME (in lower case) or --scope alarm#ARN, because patterns are stored per scope.',
    );
  }
  const [{ makeDynamoPatternStore }, { makeDynamoKnowledgeStore }] = await Promise.all([
    import('#shared/adapters/aws/dynamo-pattern-store.ts'),
    import('#shared/adapters/aws/dynamo-knowledge-store.ts'),
  ]);
  const knowledge = makeDynamoKnowledgeStore({ table });
  const remembered = () => knowledge.remembered(scope, { after: null, limit: MAX_PAST_INCIDENTS });
  return { patterns: makeDynamoPatternStore({ table }), scope, rules, remembered };
}

/** Who changes the patterns of a scope, and when. */
export function learningChange({ scope }: Pick<OpenPatterns, 'scope'>, terminal: Terminal): LearningChange {
  return { scope, ...changeBy(terminal) };
}
