import { Argument, type Command } from 'commander';
import { completionScript, type Shell, SHELLS } from '../completion.js';
import { addExamples, type Run } from './command.js';

export function addCompletionCommand(program: Command, run: Run): void {
  const completion = program
    .command('completion')
    .description('Print a script that completes commands, options and values.')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action(
      run(({ streams }, shell: Shell) => {
        streams.stdout.write(completionScript(program, shell));
      }),
    );
  addExamples(completion, {
    'completion bash >> ~/.bashrc': 'Complete in bash',
    'completion zsh >> ~/.zshrc': 'Complete in zsh, after compinit',
  });
}
