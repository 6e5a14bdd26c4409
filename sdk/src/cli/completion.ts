import type { Command } from 'commander';
import { suggestedValues } from './commands/command.js';

/** The words that can follow a command. */
interface Completion {
  /** What leads to the command, each word after a space; empty for the program itself. */
  readonly route: string;
  readonly commands: readonly string[];
  readonly options: readonly string[];
  /** By option with an argument: its values, none where they are free. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

const SCRIPTS = { bash: bashScript, zsh: zshScript } as const;

export type Shell = keyof typeof SCRIPTS;
export const SHELLS = Object.keys(SCRIPTS) as Shell[];

/** A script that completes the commands, options and values of the program. */
export function completionScript(program: Command, shell: Shell): string {
  return SCRIPTS[shell](program.name(), chooseReply([...describe(program, '')]));
}

function* describe(command: Command, route: string): Generator<Completion> {
  const help = command.createHelp();
  const options = [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
  const withArgument = options.filter(({ required, optional }) => required || optional);
  yield {
    route,
    commands: [
      ...help.visibleCommands(command).map((one) => one.name()),
      ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    ],
    options: options.flatMap(({ long }) => long ?? []),
    values: new Map(
      withArgument.flatMap((option) =>
        [option.long, option.short].flatMap((flag) => (flag ? [[flag, suggestedValues(option)] as const] : [])),
      ),
    ),
  };
  for (const child of command.commands) yield* describe(child, `${route} ${child.name()}`);
}

/**
 * Commands of both shells: of the `typed` words before the `current` one they make `reply`, the words that can follow.
 * `previous` is the last of the typed ones; `assigned` is `--option=` where its value is in the same word.
 */
function chooseReply(completions: readonly Completion[]): string {
  const routes = completions.flatMap(({ route }) => (route ? quote(route) : []));
  const valuesByReply = new Map<string, string[]>();
  for (const { route, values } of completions) {
    for (const [flag, words] of values) {
      const reply = words.join(' ');
      valuesByReply.set(reply, [...(valuesByReply.get(reply) ?? []), quote(`${route} ${flag}`)]);
    }
  }
  return `  local route='' previous='' assigned='' word reply=''
  for word in "\${typed[@]}"; do
    case "$route $word" in
      ${routes.join('|')}) route="$route $word" ;;
    esac
    previous=$word
  done
  case "$current" in
    --*=*) previous=\${current%%=*} assigned="\${current%%=*}=" current=\${current#*=} ;;
  esac
  case "$route $previous" in
${[...valuesByReply].map(([reply, flags]) => `    ${flags.join('|')}) reply=${quote(reply)} ;;`).join('\n')}
    *)
      case "$route" in
${completions.map(replyTo).join('\n')}
      esac
      ;;
  esac
`;
}

function replyTo({ route, commands, options }: Completion): string {
  return `        ${quote(route)}) case "$current" in -*) reply=${quote(options.join(' '))} ;; *) reply=${quote(commands.join(' '))} ;; esac ;;`;
}

function bashScript(name: string, chosenReply: string): string {
  // The shell breaks words at =, the line does not. Bash 3.2 has no negative indexes and no compopt.
  return `# ${name} completion bash: put this line into ~/.bashrc: eval "$(${name} completion bash)"
_${identifier(name)}() {
  local line=\${COMP_LINE:0:COMP_POINT} current='' typed=() IFS=$' \\t\\n'
  read -ra typed <<< "$line"
  case "$line" in
    *[!\\ ]) current=\${typed[\${#typed[@]}-1]}; unset "typed[\${#typed[@]}-1]" ;;
  esac
  typed=("\${typed[@]:1}")
${chosenReply}  COMPREPLY=($(compgen -P "$assigned" -W "$reply" -- "$current"))
  case "$assigned$current:$COMP_WORDBREAKS" in
    *=*:*=*) word=$assigned$current COMPREPLY=("\${COMPREPLY[@]#"\${word%"\${word##*=}"}"}") ;;
  esac
  case "\${COMPREPLY[0]}" in
    *=) compopt -o nospace 2> /dev/null ;;
  esac
}
complete -o default -F _${identifier(name)} ${name}
`;
}

function zshScript(name: string, chosenReply: string): string {
  return `# ${name} completion zsh: put this line into ~/.zshrc, after compinit: eval "$(${name} completion zsh)"
_${identifier(name)}() {
  local current=\${words[CURRENT]} typed=("\${(@)words[2,CURRENT-1]}")
${chosenReply}  if [[ -z $reply ]]; then
    _files
    return
  fi
  compset -P '--*='
  local -a whole=(\${(M)\${=reply}:#*=}) rest=(\${\${=reply}:#*=})
  compadd -S '' -a whole
  compadd -a rest
}
compdef _${identifier(name)} ${name}
`;
}

function identifier(name: string): string {
  return name.replaceAll('-', '_');
}

/** A word of the shell that means itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
