import { dirname, join } from 'node:path';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { InvalidInput } from '#shared/domain/kernel/errors.ts';
import { bindPlaybook } from '#shared/domain/playbook/bind-playbook.ts';
import { judgePlaybook } from '#shared/domain/playbook/judge-playbook.ts';
import { playbookFilesIn, readPlaybookFiles } from './playbook-files.ts';

/**
 * The configuration with the playbooks that its services allow: those written in it, and those of the folder `playbooks` beside `path`. A
 * file that is not sound, or that a service gives other values than it needs, is told to `say` and left out. Throws `InvalidInput` when one in
 * the configuration itself is not sound.
 */
export function withPlaybooks(
  configuration: Configuration,
  path: string,
  say: (problem: string) => void,
): Configuration {
  const { services, http } = configuration;
  const wanted = new Set(services.flatMap(({ playbooks }) => playbooks.map(({ id }) => id)));
  for (const playbook of configuration.playbooks) {
    const judged = judgePlaybook(playbook, http.allowedEndpoints);
    if (judged.kind === 'unsound') {
      throw new InvalidInput(`${path}: playbook ${playbook.id}: ${judged.problems[0]?.reason}`);
    }
  }
  const files = readPlaybookFiles(playbookFilesIn(join(dirname(path), 'playbooks')), http.allowedEndpoints);
  for (const { id, problems } of files) {
    // An endpoint that is not listed matters once a service wants to call it.
    const told = problems.filter(({ unlisted }) => !unlisted || (id !== null && wanted.has(id)));
    for (const { file, line, reason } of told) say(`${file}:${line}: ${reason}`);
  }
  const sound = [...configuration.playbooks, ...files.flatMap(({ playbook }) => playbook ?? [])];
  for (const problem of servicePlaybookProblems({ services, playbooks: sound })) say(`${path}: ${problem}`);
  return { ...configuration, playbooks: sound.filter(({ id }) => wanted.has(id)) };
}

/** What stands between services and the playbooks they allow: each such pair makes no action. */
export function servicePlaybookProblems({
  services,
  playbooks,
}: Pick<Configuration, 'services' | 'playbooks'>): string[] {
  return services.flatMap((service) =>
    service.playbooks.flatMap(({ id }) => {
      const playbook = playbooks.find((one) => one.id === id);
      if (playbook === undefined) return [`the service ${service.id} allows ${id}, and no sound playbook has this id`];
      const bound = bindPlaybook(playbook, service);
      return bound.kind === 'bound'
        ? []
        : bound.reasons.map((reason) => `service ${service.id}, playbook ${id}: ${reason}`);
    }),
  );
}
