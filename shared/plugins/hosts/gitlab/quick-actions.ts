/**
 * A note without quick actions: GitLab carries out a line that begins with a command (`/merge`, `/close`) and removes it. Notes quote logs and
 * models, so that no line of ours may begin with a slash. Outside of code the slash is escaped, which is not shown; inside a space precedes it.
 * https://docs.gitlab.com/user/project/quick_actions/
 */
export function withoutQuickActions(body: string): string {
  let fence: string | null = null;
  return body
    .split('\n')
    .map((line) => {
      const [, mark = ''] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? [];
      if (fence === null && mark !== '') fence = mark;
      else if (fence !== null && mark.startsWith(fence) && line.trim() === mark) fence = null;
      if (!/^\s*\//.test(line)) return line;
      return fence === null ? line.replace('/', '\\/') : ` ${line}`;
    })
    .join('\n');
}
