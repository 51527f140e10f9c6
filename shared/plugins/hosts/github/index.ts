import { githubPagesOf, targetLinks } from '#shared/domain/incident/target-links.ts';
import { CAPABILITIES, defineHost, type HostCapability } from '../contract.ts';

/** GitHub Actions. Its client, its source and its App have folders of their own: `shared/adapters/github`, `sources/github`. */
export const github = defineHost({
  id: 'github',
  title: 'GitHub',
  changeRequest: { name: 'pull request', sign: '#' },
  capabilities: new Set(Object.keys(CAPABILITIES) as HostCapability[]),
  source: null,
  completes: false,
  links: (run, apiUrl) => targetLinks(run, githubPagesOf(apiUrl)),
  connect: null,
});
