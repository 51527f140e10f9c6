import { registered } from '../plugin.ts';
import type { NotifierPlugin } from './contract.ts';
import { email } from './email/index.ts';
import { githubComment } from './github-comment/index.ts';

/** Every notifier. To add one: a folder here, named after its id, and a line below. */
export const NOTIFIERS: readonly NotifierPlugin[] = registered('notifiers', [githubComment, email]);
