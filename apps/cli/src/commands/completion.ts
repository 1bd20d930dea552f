import type { Command } from 'commander';
import { fault } from '#libs/faults';
import type { Action } from '../commands.js';

/** Prints what a shell needs to complete the commands of a program. */
export const completionFor =
  (program: Command): Action =>
  (desk, [shell]) => {
    const print = shells[shell ?? ''];
    if (!print)
      throw fault('input/invalid', { detail: `There is no completion for "${shell}": bash, zsh or fish.` });
    desk.world.stdout.write(print(program));
    return Promise.resolve();
  };

const namesOf = (command: Command): string => command.commands.map((one) => one.name()).join(' ');
const groupsOf = (program: Command): Command[] => program.commands.filter((one) => one.commands.length > 0);

const shells: Readonly<Record<string, (program: Command) => string>> = {
  bash: (program) => `_parley() {
  local first="\${COMP_WORDS[1]}" word="\${COMP_WORDS[COMP_CWORD]}"
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${namesOf(program)}" -- "$word")); return; fi
  case "$first" in
${groupsOf(program)
  .map((group) => `    ${group.name()}) COMPREPLY=($(compgen -W "${namesOf(group)}" -- "$word"));;`)
  .join('\n')}
  esac
}
complete -o default -F _parley parley
`,
  zsh: (program) => `autoload -U +X bashcompinit && bashcompinit\n${shells['bash']!(program)}`,
  fish: (program) =>
    [
      `complete -c parley -n __fish_use_subcommand -f -a "${namesOf(program)}"`,
      ...groupsOf(program).map(
        (group) =>
          `complete -c parley -n "__fish_seen_subcommand_from ${group.name()}" -f -a "${namesOf(group)}"`,
      ),
      '',
    ].join('\n'),
};
