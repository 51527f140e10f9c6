import { existsSync } from 'node:fs';
import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { inputError } from '#apps/workbench/input/open-input.ts';
import { readConfiguration } from '#infra/configuration.ts';
import { servicePlaybookProblems } from '#infra/configured-playbooks.ts';
import { type PlaybookFile, readPlaybookFiles } from '#infra/playbook-files.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';

export const DEFAULT_CONFIGURATION = 'config/selfheal.json';

interface Verdict {
  readonly file: string;
  readonly id: string | null;
  readonly verdict: 'sound' | 'refused';
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
  /** What the configuration still lacks for the playbook. */
  readonly notes: readonly { readonly line: number; readonly reason: string }[];
}

export const playbookCheck = defineCommand({
  name: 'playbook check',
  summary: 'check whether playbooks are valid and may be used',
  details:
    'Reports each problem with file, line and remedy. With --json one line per file: {file, id, verdict, problems: [{line, reason}], notes}.\n' +
    'Exit code 1 when a playbook is refused.',
  operands: { shown: 'FILE...', atLeast: 1, atMost: 500 },
  options: {
    ...JSON_OPTION,
    config: {
      type: 'string',
      value: 'FILE',
      about: `the configuration with allowed endpoints and services; ${DEFAULT_CONFIGURATION} by default, if it exists`,
    },
  },
  async run({ operands, options }, terminal) {
    const configuration = configurationOf(options.config);
    const verdicts = read(operands, configuration).map((file) => verdictOf(file, configuration));
    for (const verdict of verdicts) {
      await terminal.write(options.json === true ? `${JSON.stringify(verdict)}\n` : asText(verdict));
    }
    return verdicts.every(({ verdict }) => verdict === 'sound') ? 0 : 1;
  },
});

/** The configuration that is named, or the one of this folder; null without one. Throws `UsageError`. */
export function configurationOf(given: string | undefined): Configuration | null {
  const path = given ?? (existsSync(DEFAULT_CONFIGURATION) ? DEFAULT_CONFIGURATION : undefined);
  if (path === undefined) return null;
  try {
    return readConfiguration(path);
  } catch (error) {
    throw new UsageError((error as Error).message.replaceAll('\n', ' '), { cause: error });
  }
}

function read(files: readonly string[], configuration: Configuration | null): PlaybookFile[] {
  const endpoints = configuration?.http.allowedEndpoints ?? [];
  try {
    return readPlaybookFiles(files, endpoints);
  } catch (error) {
    throw inputError((error as NodeJS.ErrnoException).path ?? 'playbook', error);
  }
}

/** A missing entry in `http.allowedEndpoints` is only a note until a service allows the playbook. */
function verdictOf({ file, id, playbook, problems }: PlaybookFile, configuration: Configuration | null): Verdict {
  const services = (configuration?.services ?? []).filter((service) => service.playbooks.some((one) => one.id === id));
  const isNote = ({ unlisted }: PlaybookFile['problems'][number]) => unlisted && services.length === 0;
  const bindings =
    playbook === null
      ? []
      : servicePlaybookProblems({ services: onlyWith(services, playbook.id), playbooks: [playbook] });
  const refusals = [
    ...problems.filter((problem) => !isNote(problem)).map(({ line, reason }) => ({ line, reason })),
    ...bindings.map((reason) => ({ line: 1, reason })),
  ];
  return {
    file,
    id,
    verdict: refusals.length === 0 ? 'sound' : 'refused',
    problems: refusals,
    notes: problems.filter(isNote).map(({ line, reason }) => ({ line, reason })),
  };
}

const onlyWith = (services: Configuration['services'], id: string): Configuration['services'] =>
  services.map((service) => ({ ...service, playbooks: service.playbooks.filter((one) => one.id === id) }));

function asText({ file, verdict, problems, notes }: Verdict): string {
  const lines = problems.map(({ line, reason }) => `${file}:${line}: ${reason}\n`);
  const output = notes.map(({ line, reason }) => `${file}:${line}: required before use: ${reason}\n`);
  return `${file}: ${verdict}\n${[...lines, ...output].join('')}`;
}
