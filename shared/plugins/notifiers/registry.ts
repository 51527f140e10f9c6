import type { NotifierPlugin } from './contract.ts';
import { email } from './email.ts';
import { githubComment } from './github-comment.ts';

/** Every notifier. To add one: a file in this folder and a line here. */
export const NOTIFIERS: readonly NotifierPlugin[] = [githubComment, email];
