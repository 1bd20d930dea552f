import { Command, CommanderError, Option } from 'commander';
import { addCommands } from './commands.js';
import type { World } from './world.js';

/**
 * Runs one command.
 *
 * @param argv  as Node has it: the program itself is at place 1
 * @returns the exit code; it never throws
 */
export async function run(argv: readonly string[], world: World): Promise<number> {
  const outcome = { code: 0 };
  const program = programFor(world, outcome);
  try {
    await program.parseAsync([...argv]);
    return outcome.code;
  } catch (error) {
    // Commander has said what is wrong; help and the version are no mistakes.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { tellFailure } = await import('./failure.js');
    return tellFailure(error, world, program.opts());
  }
}

function programFor(world: World, outcome: { code: number }): Command {
  const program = new Command('parley')
    .description(
      'Works with a Parley: channels, conversations, webhooks, bots, keys, and the installation itself.',
    )
    .version('0.1.0', '-V, --version')
    .option('--json', 'print JSON: one document, or one a line for what goes on')
    .addOption(new Option('--profile <name>', 'profile to use; also PARLEY_PROFILE'))
    .addOption(new Option('--url <address>', 'address of the Parley; also PARLEY_URL'))
    .addOption(
      new Option('--key <key>', 'API key; also PARLEY_API_KEY, which others on the machine cannot see'),
    )
    .showHelpAfterError()
    .configureOutput({
      writeOut: (text) => void world.stdout.write(text),
      writeErr: (text) => void world.stderr.write(text),
    })
    .exitOverride();
  addCommands(program, world, outcome);
  return program;
}
