import { dirname, join, resolve } from 'node:path';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { bindPlaybook, sampleJobOf } from '#shared/domain/playbook/bind-playbook.ts';
import type { AllowedEndpoint } from '#shared/domain/playbook/http-endpoints.ts';
import { judgePlaybook } from '#shared/domain/playbook/judge-playbook.ts';
import { type PlaybookFile, playbookFilesIn, readPlaybookFiles } from './playbook-files.ts';

/** The playbooks that come with Selfheal. */
const SHIPPED = join(import.meta.dirname, '../config/playbooks');

/**
 * Adds the playbooks that the services allow. They come from the configuration itself, from the folder `playbooks` beside `path`, and from those
 * shipped with Selfheal. Reports to `report` every invalid file, which is left out, and every service whose values do not fit a playbook. Throws
 * `InvalidInput` when a playbook in the configuration itself is invalid.
 */
export function withPlaybooks(
  configuration: Configuration,
  path: string,
  report: (problem: string) => void,
): Configuration {
  const { services, http } = configuration;
  const wanted = new Set(services.flatMap(({ playbooks }) => playbooks.map(({ id }) => id)));
  for (const playbook of configuration.playbooks) {
    const judged = judgePlaybook(playbook, http.allowedEndpoints);
    if (judged.kind === 'unsound') {
      throw new InvalidInput(`${path}: playbook ${playbook.id}: ${judged.problems[0]?.reason}`);
    }
  }
  const inline = new Set(configuration.playbooks.map(({ id }) => id));
  const files = filesFor(path, http.allowedEndpoints).filter(({ id }) => id === null || !inline.has(id));
  for (const { id, problems } of files) {
    // A missing entry in `http.allowedEndpoints` matters only for playbooks that a service allows.
    const reported = problems.filter(({ unlisted }) => !unlisted || (id !== null && wanted.has(id)));
    for (const { file, line, reason } of reported) report(`${file}:${line}: ${reason}`);
  }
  const sound = [...configuration.playbooks, ...files.flatMap(({ playbook }) => playbook ?? [])];
  for (const problem of servicePlaybookProblems({ services, playbooks: sound })) report(`${path}: ${problem}`);
  return { ...configuration, playbooks: sound.filter(({ id }) => wanted.has(id)) };
}

/** The playbook files beside the configuration, then the shipped ones. A file of one's own replaces a shipped one with the same id. */
function filesFor(path: string, endpoints: readonly AllowedEndpoint[]): PlaybookFile[] {
  const folder = join(resolve(dirname(path)), 'playbooks');
  const own = readPlaybookFiles(playbookFilesIn(folder), endpoints);
  if (folder === SHIPPED) return own;
  const shipped = readPlaybookFiles(playbookFilesIn(SHIPPED), endpoints);
  return [...own, ...shipped.filter(({ id }) => own.every((file) => file.id !== id))];
}

/** Why a service cannot use a playbook that it allows, one sentence per problem. Such a pair yields no action. */
export function servicePlaybookProblems({
  services,
  playbooks,
}: Pick<Configuration, 'services' | 'playbooks'>): string[] {
  return services.flatMap((service) =>
    service.playbooks.flatMap(({ id }) => {
      const playbook = playbooks.find((one) => one.id === id);
      if (playbook === undefined)
        return [`service ${service.id} allows the playbook ${id}, but no valid playbook has this id`];
      const bound = bindPlaybook(playbook, service, sampleJobOf(playbook));
      return bound.kind === 'bound'
        ? []
        : bound.reasons.map((reason) => `service ${service.id}, playbook ${id}: ${reason}`);
    }),
  );
}
