import { type Command, defineCommand, UsageError } from '@selfheal/cli-kit/command.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

interface Words {
  /** First words of all commands, with their summaries. */
  readonly first: readonly (readonly [word: string, about: string])[];
  /** Second words by first word: verbs, and the shells of `completion`. */
  readonly second: ReadonlyMap<string, readonly (readonly [word: string, about: string])[]>;
  /** Options by name of the command. */
  readonly options: ReadonlyMap<string, readonly (readonly [option: string, about: string])[]>;
}

function wordsOf(commands: readonly Command[]): Words {
  const second = new Map<string, [string, string][]>([
    ['completion', SHELLS.map((shell) => [shell, `the script for ${shell}`])],
  ]);
  const first = new Map<string, string>();
  const options = new Map<string, [string, string][]>();
  for (const { name, summary, options: specs } of commands) {
    const [noun = '', verb] = name.split(' ');
    first.set(noun, first.has(noun) ? `${noun} ...` : summary);
    if (verb !== undefined) second.set(noun, [...(second.get(noun) ?? []), [verb, summary]]);
    const all = Object.entries({ ...specs, help: { about: 'show the help text' } });
    options.set(
      name,
      all.map(([option, { about }]) => [`--${option}`, about]),
    );
  }
  return { first: [...first], second, options };
}

const listed = (words: readonly (readonly [string, string])[]): string => words.map(([word]) => word).join(' ');
/** In single quotes of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function bash({ first, second, options }: Words): string {
  return [
    '# bash completion of selfheal: source <(selfheal completion bash)',
    '_selfheal() {',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
    '  local current="${COMP_WORDS[COMP_CWORD]}" words=""',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    words=${quoted(listed(first))}`,
    '  elif [ "$COMP_CWORD" -eq 2 ]; then',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
    '    case "${COMP_WORDS[1]}" in',
    ...[...second].map(([noun, verbs]) => `      ${noun}) words=${quoted(listed(verbs))} ;;`),
    '    esac',
    '  fi',
    '  if [ "$COMP_CWORD" -gt 1 ] && [ -z "$words" ] || [[ "$current" == -* ]]; then',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
    '    case "${COMP_WORDS[1]} ${COMP_WORDS[2]}" in',
    ...[...options].map(
      ([name, all]) => `      ${quoted(name)}${name.includes(' ') ? '' : "' '*"}) words=${quoted(listed(all))} ;;`,
    ),
    '    esac',
    '    [[ "$current" == -* ]] || words=""',
    '  fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    'complete -o default -F _selfheal selfheal',
    '',
  ].join('\n');
}

function zsh({ first, second, options }: Words): string {
  const described = (words: readonly (readonly [string, string])[]) =>
    words.map(([word, about]) => quoted(`${word}:${about.replaceAll(':', '\\:')}`)).join(' ');
  return [
    '#compdef selfheal',
    '# zsh completion of selfheal: selfheal completion zsh > "$' + '{fpath[1]}/_selfheal"',
    '_selfheal() {',
    '  local -a items',
    '  if (( CURRENT == 2 )); then',
    `    items=(${described(first)})`,
    '  elif (( CURRENT == 3 )) && [[ $words[3] != -* ]]; then',
    '    case $words[2] in',
    ...[...second].map(([noun, verbs]) => `      ${noun}) items=(${described(verbs)}) ;;`),
    '    esac',
    '  fi',
    '  if (( $#items )); then',
    '    _describe -t commands command items',
    '    return',
    '  fi',
    '  if [[ $words[CURRENT] != -* ]]; then',
    '    _files',
    '    return',
    '  fi',
    '  case "$words[2] $words[3]" in',
    ...[...options].map(
      ([name, all]) => `    ${quoted(name)}${name.includes(' ') ? '' : "' '*"}) items=(${described(all)}) ;;`,
    ),
    '  esac',
    '  _describe -t options option items',
    '}',
    'if [ "$funcstack[1]" = "_selfheal" ]; then _selfheal "$@"; else compdef _selfheal selfheal; fi',
    '',
  ].join('\n');
}

function fish({ first, second, options }: Words): string {
  const within = (name: string) => {
    const [noun = '', verb] = name.split(' ');
    return `__fish_seen_subcommand_from ${noun}${verb === undefined ? '' : `; and __fish_seen_subcommand_from ${verb}`}`;
  };
  return [
    '# fish completion of selfheal: selfheal completion fish > ~/.config/fish/completions/selfheal.fish',
    ...first.map(([word, about]) => `complete -c selfheal -f -n __fish_use_subcommand -a ${word} -d ${quoted(about)}`),
    ...[...second].flatMap(([noun, verbs]) =>
      verbs.map(
        ([verb, about]) =>
          `complete -c selfheal -f -n ${quoted(`__fish_seen_subcommand_from ${noun}; and not __fish_seen_subcommand_from ${listed(verbs)}`)} -a ${verb} -d ${quoted(about)}`,
      ),
    ),
    ...[...options].flatMap(([name, all]) =>
      all.map(
        ([option, about]) =>
          `complete -c selfheal -n ${quoted(within(name))} -l ${option.slice(2)} -d ${quoted(about)}`,
      ),
    ),
    '',
  ].join('\n');
}

const SCRIPTS = { bash, zsh, fish } as const satisfies Record<Shell, (words: Words) => string>;

export const completion = defineCommand({
  name: 'completion',
  summary: 'print a completion script for bash, zsh or fish',
  details:
    'bash: source <(selfheal completion bash)\n' +
    'zsh:  selfheal completion zsh > "$' +
    '{fpath[1]}/_selfheal"\n' +
    'fish: selfheal completion fish > ~/.config/fish/completions/selfheal.fish',
  operands: { shown: SHELLS.join('|'), atLeast: 1, atMost: 1 },
  options: {},
  async run({ operands: [shell = ''] }, terminal, commands) {
    const script = SCRIPTS[shell as Shell] as (typeof SCRIPTS)[Shell] | undefined;
    if (script === undefined) throw new UsageError(`${shell}: there is a script for ${SHELLS.join(', ')}.`);
    await terminal.write(script(wordsOf(commands)));
    return 0;
  },
});
