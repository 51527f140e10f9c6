import type { Answer } from '@selfheal/fake-server/wire.ts';
import { githubError, type Permissions } from './route.ts';

/**
 * Alternative permissions of a fine-grained token for an operation: one of them is enough. Operations that are not listed
 * need none beyond seeing the repository. https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
 */
function acceptedFor(operation: string): readonly Permissions[] {
  if (operation.startsWith('actions/'))
    return [{ actions: /\/(?:get|list|download)-/.test(operation) ? 'read' : 'write' }];
  switch (operation) {
    case 'pulls/get':
    case 'pulls/list':
    case 'pulls/list-files':
    case 'pulls/list-review-comments':
      return [{ pull_requests: 'read' }];
    case 'issues/list-comments':
      return [{ issues: 'read' }, { pull_requests: 'read' }];
    case 'issues/create':
    case 'issues/update':
      return [{ issues: 'write' }];
    case 'issues/create-comment':
    case 'issues/update-comment':
    case 'issues/delete-comment':
    case 'reactions/create-for-issue-comment':
    case 'reactions/delete-for-issue-comment':
      return [{ issues: 'write' }, { pull_requests: 'write' }];
    case 'pulls/create-review-comment':
      return [{ pull_requests: 'write' }];
    case 'checks/list-for-ref':
    case 'checks/list-annotations':
      return [{ checks: 'read' }];
    case 'checks/create':
    case 'checks/update':
      return [{ checks: 'write' }];
    case 'repos/list-commits':
    case 'repos/get-commit':
    case 'repos/compare-commits-with-basehead':
    case 'repos/get-content':
      return [{ contents: 'read' }];
    case 'repos/create-or-update-file-contents':
    case 'git/create-tree':
    case 'git/create-commit':
    case 'git/create-ref':
      return [{ contents: 'write' }];
    default:
      return [];
  }
}

const allows = (granted: Permissions, wanted: Permissions): boolean =>
  Object.entries(wanted).every(([name, level]) => granted[name] === 'write' || granted[name] === level);

/** GitHub's refusal of a fine-grained token or of an app's, with the header that names what would have been enough; null: it may. */
export function permissionRefusal(
  operation: string,
  granted: Permissions | null,
  holder: 'personal access token' | 'integration' = 'personal access token',
): Answer | null {
  const accepted = acceptedFor(operation);
  if (granted === null || accepted.length === 0 || accepted.some((wanted) => allows(granted, wanted))) return null;
  const words = accepted.map((one) => Object.entries(one).map(([name, level]) => `${name}=${level}`));
  const refusal = githubError(403, `Resource not accessible by ${holder}`);
  return { ...refusal, headers: { 'x-accepted-github-permissions': words.join('; ') } };
}
