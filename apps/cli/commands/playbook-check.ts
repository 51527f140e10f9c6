import { existsSync } from 'node:fs';
import { readConfiguration } from '#infra/configuration.ts';
import { servicePlaybookProblems } from '#infra/configured-playbooks.ts';
import { type PlaybookFile, readPlaybookFiles } from '#infra/playbook-files.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { defineCommand, JSON_OPTION, UsageError } from '../command.ts';
import { inputError } from '../input/open-input.ts';

const USUAL_CONFIGURATION = 'config/selfheal.json';

interface Verdict {
  readonly file: string;
  readonly id: string | null;
  readonly verdict: 'sound' | 'refused';
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
  /** What the configuration still lacks before it can be used. */
  readonly notes: readonly { readonly line: number; readonly reason: string }[];
}

export const playbookCheck = defineCommand({
  name: 'playbook check',
  summary: 'whether playbooks may be used, or what is wrong with them',
  details:
    'Names what is wrong with file, line and how to mend it. With --json one line per file: {file, id, verdict, problems: [{line, reason}], notes}.\n' +
    'Exits with 1 when a playbook is refused.',
  operands: { shown: 'FILE...', atLeast: 1, atMost: 500 },
  options: {
    ...JSON_OPTION,
    config: {
      type: 'string',
      value: 'FILE',
      about: `the configuration with the allowed endpoints and the services; default: ${USUAL_CONFIGURATION}, if it is there`,
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

function configurationOf(given: string | undefined): Configuration | null {
  const path = given ?? (existsSync(USUAL_CONFIGURATION) ? USUAL_CONFIGURATION : undefined);
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

/** An endpoint by name that is not listed yet matters once a service allows the playbook; a whole address must be listed. */
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
  const output = notes.map(({ line, reason }) => `${file}:${line}: before it is used: ${reason}\n`);
  return `${file}: ${verdict}\n${[...lines, ...output].join('')}`;
}
