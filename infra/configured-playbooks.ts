import { dirname, join, resolve } from 'node:path';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { bindPlaybook } from '#shared/domain/playbook/bind-playbook.ts';
import type { AllowedEndpoint } from '#shared/domain/playbook/http-endpoints.ts';
import { judgePlaybook } from '#shared/domain/playbook/judge-playbook.ts';
import { InvalidInput } from '#shared/kernel/errors.ts';
import { type PlaybookFile, playbookFilesIn, readPlaybookFiles } from './playbook-files.ts';

/** The playbooks that come with Selfheal. */
const SHIPPED = join(import.meta.dirname, '../config/playbooks');

/**
 * The configuration with the playbooks that its services allow: written in it, in the folder `playbooks` beside `path`, or shipped. A
 * file that is not sound, or that a service gives other values than it needs, is reported to `say` and omitted. Throws `InvalidInput` when one in
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
  const inline = new Set(configuration.playbooks.map(({ id }) => id));
  const files = filesFor(path, http.allowedEndpoints).filter(({ id }) => id === null || !inline.has(id));
  for (const { id, problems } of files) {
    // An endpoint that is not listed matters once a service wants to call it.
    const told = problems.filter(({ unlisted }) => !unlisted || (id !== null && wanted.has(id)));
    for (const { file, line, reason } of told) say(`${file}:${line}: ${reason}`);
  }
  const sound = [...configuration.playbooks, ...files.flatMap(({ playbook }) => playbook ?? [])];
  for (const problem of servicePlaybookProblems({ services, playbooks: sound })) say(`${path}: ${problem}`);
  return { ...configuration, playbooks: sound.filter(({ id }) => wanted.has(id)) };
}

/** Those beside the configuration, then those that come with Selfheal; one of your own takes the place of a shipped one of its id. */
function filesFor(path: string, endpoints: readonly AllowedEndpoint[]): PlaybookFile[] {
  const folder = join(resolve(dirname(path)), 'playbooks');
  const own = readPlaybookFiles(playbookFilesIn(folder), endpoints);
  if (folder === SHIPPED) return own;
  const shipped = readPlaybookFiles(playbookFilesIn(SHIPPED), endpoints);
  return [...own, ...shipped.filter(({ id }) => own.every((file) => file.id !== id))];
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
