import { numberText, shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { codeSpan } from '@selfheal/kernel/text/markdown.ts';
import { type ArchitectureAnalysis, SKIP_REASONS } from './architecture-analysis.ts';
import { SCORE_RULES } from './health-score.ts';
import { MAX_COMPLEXITY } from './hotspots.ts';
import { type Refactoring, refactoringPriorities } from './refactoring-priorities.ts';

const MAX_ROWS = 15;
const MAX_EXAMPLES = 5;

/** Paths and names come from outside: they are shown as code, in which nothing is markup. */
const code = (name: string): string => codeSpan(name);
const cell = (name: string): string => codeSpan(name, { inTable: true });

const count = (value: number, one: string, many = `${one}s`): string =>
  `${numberText(value)} ${value === 1 ? one : many}`;
const way = (files: readonly string[], shown = code): string => [...files, ...files.slice(0, 1)].map(shown).join(' → ');
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const more = (all: number, shown: number): string =>
  all > shown ? `\n\n${numberText(all - shown)} more are in the JSON.` : '';

/**
 * `architecture_report.md`. `overview`: the opening paragraph; a model may word it from the analysis, everything else is written from the figures.
 * `drawing`: the file name of the drawn graph beside the report.
 */
export function renderArchitectureReport(
  analysis: ArchitectureAnalysis,
  { overview = describeArchitecture(analysis), drawing }: { readonly overview?: string; readonly drawing: string },
): string {
  const sections = [
    `# Architecture report\n\n**Health ${analysis.score.value.toFixed(1)} / 10**${comparedWith(analysis)}\n\n${overview}`,
    `![Folders and their imports](${drawing})`,
    `## Critical issues\n\n${criticalIssues(analysis)}`,
    `## Refactoring priorities\n\n${priorities(analysis)}`,
    changes(analysis),
    `## How the score is made\n\n${scoreTable(analysis)}`,
    `## Circles of imports\n\n${cycleList(analysis)}`,
    `## Coupling\n\n${couplingLists(analysis)}`,
    `## Complexity hotspots\n\n${hotspotTable(analysis)}`,
    `## Folders\n\n${folderTable(analysis)}`,
    security(analysis),
    `## What was read\n\n${reading(analysis)}`,
  ];
  return `${sections.filter((section) => section !== null).join('\n\n')}\n`;
}

/** The analysis in a few sentences, from its figures alone. */
function describeArchitecture({ files, cycles, hotspots, coupling, imports }: ArchitectureAnalysis): string {
  const languages = (['typescript', 'javascript', 'python'] as const)
    .filter((language) => files[language] > 0)
    .map((language) => `${numberText(files[language])} ${LANGUAGES[language]}`);
  const load = cycles.filter(({ kind }) => kind === 'load');
  const late = cycles.length - load.length;
  const circles =
    cycles.length === 0
      ? 'No imports run in a circle.'
      : `${count(load.length, 'circle')} of imports while loading${late === 0 ? '' : `; ${numberText(late)} more ${late === 1 ? 'runs' : 'run'} through types or deferred imports`}.`;
  const pairs = coupling.mutualFolders.length;
  return [
    `${count(files.typescript + files.javascript + files.python, 'file')} (${languages.join(', ')}) with ${numberText(files.lines)} lines and ${count(imports.length, 'import')} between them.`,
    circles,
    `${count(hotspots.length, 'function')} ${hotspots.length === 1 ? 'is' : 'are'} more complex than ${MAX_COMPLEXITY}.`,
    pairs === 0 ? 'No two folders import each other.' : `${count(pairs, 'pair')} of folders import each other.`,
  ].join(' ');
}

const LANGUAGES = { typescript: 'TypeScript', javascript: 'JavaScript', python: 'Python' } as const;

function comparedWith({ trend, score }: ArchitectureAnalysis): string {
  if (trend === null) return '';
  const change = Math.round((score.value - trend.previousScore) * 10) / 10;
  const at = trend.previousCommit === null ? 'before' : `at ${code(trend.previousCommit.slice(0, 12))}`;
  return ` (${trend.previousScore.toFixed(1)} ${at}: ${change === 0 ? 'unchanged' : `${change > 0 ? '+' : '−'}${Math.abs(change).toFixed(1)}`})`;
}

function criticalIssues({ cycles, unresolved, security: scanned }: ArchitectureAnalysis): string {
  const issues = [
    ...cycles
      .filter(({ kind }) => kind === 'load')
      .map(({ files, shortest }) => `- **Circle of ${count(files.length, 'file')}**: ${way(shortest)}`),
    ...(scanned?.worst ?? [])
      .filter(({ severity }) => severity === 'critical' || severity === 'high')
      .map(({ severity, tool, rule, file, line }) => {
        const place = file === null ? '' : ` in ${code(line === null ? file : `${file}:${line}`)}`;
        return `- **${severity} finding of ${code(tool)}**: ${code(rule)}${place}`;
      }),
    ...(unresolved.length === 0
      ? []
      : [
          `- **${count(unresolved.length, 'import')} of files that are not there**: ${unresolved
            .slice(0, MAX_EXAMPLES)
            .map(({ file, line, specifier }) => `${code(specifier)} in ${code(`${file}:${line}`)}`)
            .join(', ')}. A file that a build makes is not there either.`,
        ]),
  ];
  return issues.length === 0 ? 'None.' : `${issues.slice(0, MAX_ROWS).join('\n')}${more(issues.length, MAX_ROWS)}`;
}

function priorities(analysis: ArchitectureAnalysis): string {
  const list = refactoringPriorities(analysis);
  if (list.length === 0) return 'Nothing stands out.';
  return list
    .map(
      (one, at) => `${at + 1}. ${sentence(one)}${one.gain < 0.05 ? '' : ` Wins about ${one.gain.toFixed(1)} points.`}`,
    )
    .join('\n');
}

function sentence({ target }: Refactoring): string {
  switch (target.kind) {
    case 'cycle': {
      const { kind, files, shortest } = target.cycle;
      const how =
        kind === 'load'
          ? 'Move what two of them share into a file that imports neither.'
          : 'Move the shared types into a file of their own.';
      return `**Break the circle of ${count(files.length, 'file')}** ${way(shortest)}. ${how}`;
    }
    case 'folders': {
      const { folders, imports, against } = target.pair;
      const [from, to] = imports[0] <= imports[1] ? folders : [folders[1], folders[0]];
      const examples = against.slice(0, MAX_EXAMPLES).map((edge) => `${code(edge.from)} → ${code(edge.to)}`);
      return `**Let ${code(from)} no longer import ${code(to)}**, which imports it ${count(Math.max(...imports), 'time')}: ${examples.join(', ')}.`;
    }
    case 'function': {
      const { file, line, function: name, complexity, lines, changes: changed } = target.hotspot;
      return `**Split ${code(name)}** in ${code(`${file}:${line}`)}: complexity ${complexity} in ${count(lines, 'line')}, its file changed ${count(changed, 'time')}.`;
    }
    case 'files': {
      const { files, commits, share } = target.pair;
      return `**Look at ${files.map(code).join(' and ')}**: ${count(commits, 'commit')} changed both (${shareText(share)} of those that changed one), though neither imports the other.`;
    }
  }
}

function changes({ trend }: ArchitectureAnalysis): string | null {
  if (trend === null) return null;
  const lists = [
    ...trend.newCycles.map(({ shortest }) => `- New circle: ${way(shortest)}`),
    ...trend.newHotspots.map(
      (one) => `- New hotspot: ${code(one.function)} in ${code(one.file)}, complexity ${one.complexity}`,
    ),
    ...trend.resolvedCycles.map(({ shortest }) => `- Circle broken: ${way(shortest)}`),
  ];
  const listed = lists.length === 0 ? 'No new circle, no new hotspot.' : lists.slice(0, MAX_ROWS).join('\n');
  return `## Since the baseline\n\n${listed}${more(lists.length, MAX_ROWS)}`;
}

function scoreTable({ score }: ArchitectureAnalysis): string {
  const rows = score.parts.map(({ part, measured, lost }) => {
    const { points, worst, meaning } = SCORE_RULES[part];
    return [part, meaning, shareText(measured), shareText(worst), points, lost.toFixed(2)];
  });
  return `10 minus what each part loses: \`points × min(1, measured / worst)\`.\n\n${table(['part', 'what is measured', 'here', 'worst', 'points', 'lost'], rows)}`;
}

function cycleList({ cycles }: ArchitectureAnalysis): string {
  if (cycles.length === 0) return 'None.';
  const rows = cycles
    .slice(0, MAX_ROWS)
    .map(({ kind, files, shortest }) => [
      kind === 'load' ? 'while loading' : 'types or deferred',
      files.length,
      way(shortest, cell),
    ]);
  return `${table(['when', 'files', 'shortest way round'], rows)}${more(cycles.length, MAX_ROWS)}`;
}

function couplingLists({ coupling, history }: ArchitectureAnalysis): string {
  const { mutualFolders: mutual, changedTogether: together, hubs } = coupling;
  const folders =
    mutual.length === 0
      ? 'No two folders import each other.'
      : table(
          ['folder', 'imports', 'folder', 'imports back'],
          mutual
            .slice(0, MAX_ROWS)
            .map(({ folders: [one, other], imports }) => [cell(one), imports[0], cell(other), imports[1]]),
        );
  const files =
    together.length === 0
      ? `No two files in different folders change together without an import${history === null ? ' (no history was read)' : ''}.`
      : table(
          ['changed together, without an import', 'commits', 'share'],
          together
            .slice(0, MAX_ROWS)
            .map((pair) => [pair.files.map(cell).join(', '), pair.commits, shareText(pair.share)]),
        );
  const busy =
    hubs.length === 0
      ? 'No file is imported by ten and imports ten.'
      : table(
          ['hub', 'imported by', 'imports'],
          hubs.slice(0, MAX_ROWS).map(({ file, afferent, efferent }) => [cell(file), afferent, efferent]),
        );
  return [folders, files, busy].join('\n\n');
}

function hotspotTable({ hotspots }: ArchitectureAnalysis): string {
  if (hotspots.length === 0) return `No function is more complex than ${MAX_COMPLEXITY}.`;
  const rows = hotspots
    .slice(0, MAX_ROWS)
    .map((one) => [cell(one.function), cell(`${one.file}:${one.line}`), one.complexity, one.lines, one.changes]);
  return `${table(['function', 'where', 'complexity', 'lines', 'changes of the file'], rows)}${more(hotspots.length, MAX_ROWS)}`;
}

function folderTable({ folders }: ArchitectureAnalysis): string {
  const far = folders
    .filter(({ distance }) => distance !== null)
    .sort((a, b) => (b.distance ?? 0) - (a.distance ?? 0) || b.files - a.files);
  const rows = far
    .slice(0, MAX_ROWS)
    .map((one) => [
      cell(one.folder),
      one.files,
      one.afferent,
      one.efferent,
      (one.instability ?? 0).toFixed(2),
      one.abstractness.toFixed(2),
      (one.distance ?? 0).toFixed(2),
    ]);
  return far.length === 0
    ? 'No folder imports another.'
    : `Farthest from the main sequence first: a folder that much rests on should be abstract, one that rests on much may be concrete.\n\n${table(
        ['folder', 'files', 'Ca', 'Ce', 'instability', 'abstractness', 'distance'],
        rows,
      )}${more(far.length, MAX_ROWS)}`;
}

function security({ security: scanned }: ArchitectureAnalysis): string | null {
  if (scanned === null) return null;
  const { totals, worst } = scanned;
  const numbers = Object.entries(totals).map(([severity, found]) => `${found} ${severity}`);
  const rows = worst.map(({ severity, rule, file, line }) => [
    severity,
    cell(rule),
    file === null ? '' : cell(line === null ? file : `${file}:${line}`),
  ]);
  const list = rows.length === 0 ? '' : `\n\n${table(['severity', 'rule', 'where'], rows)}`;
  return `## Code scanning\n\n${numbers.join(', ')}.${list}`;
}

function reading({ commit, files, history, skipped, computed }: ArchitectureAnalysis): string {
  const changed =
    history === null
      ? 'No Git history: hotspots are ordered by complexity alone.'
      : `${count(history.commits, 'commit')} of the ${history.days} days before the newest one${history.complete ? '' : '; the history is not complete (a shallow clone, or too many commits), so changes are undercounted'}.`;
  const left = skipped.map(({ reason, files: names }) => {
    const examples = names.slice(0, MAX_EXAMPLES).map(code).join(', ');
    return `- ${SKIP_REASONS[reason]}, ${count(names.length, 'file')}: ${examples}${names.length > MAX_EXAMPLES ? ', …' : ''}`;
  });
  const parts = [
    commit === null ? null : `Commit ${code(commit)}.`,
    `Test files (${numberText(files.tests)}) count for circles only.`,
    changed,
    computed.length === 0
      ? null
      : `${count(computed.length, 'import')} whose target is computed at run time cannot be followed.`,
  ];
  return [parts.filter((part) => part !== null).join(' '), left.join('\n')].filter((part) => part !== '').join('\n\n');
}
