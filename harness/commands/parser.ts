import { Argument, Command as Commander, InvalidArgumentError, Option } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import { toolVersion } from '../tool-version.ts';
import type { Argument as ArgumentRow, Command, CommandContext, Flag } from './command.ts';
import { helpAfter, PROGRAM } from './help-text.ts';

/**
 * The table of commands as a program of the commander library, which throws its `CommanderError` for a wrong usage after
 * it has said what is wrong.
 *
 * @param onCall gets the command that was asked for, ready to be performed
 */
export function parserOf(
  commands: readonly Command[],
  onCall: (perform: (context: CommandContext) => Promise<ExitCode>) => Promise<void>,
): Commander {
  const program = new Commander(PROGRAM)
    .description('Measures how long it takes to hot-plug a device into a running QEMU guest.')
    .version(toolVersion())
    .exitOverride()
    .showHelpAfterError(`("${PROGRAM} scenarios/quick.yaml" is a start; "${PROGRAM} --help" shows more)`);
  for (const row of commands) {
    const { name, description, isDefault = false } = row;
    const parser = program.command(name, { isDefault }).description(description);
    for (const argument of row.arguments) parser.addArgument(argumentOf(argument));
    for (const flag of Object.values(row.flags)) parser.addOption(optionOf(flag));
    parser.action(async () => {
      // The library gives what the row says, one value for each argument; the compiler cannot know that.
      const given = parser.processedArgs as Parameters<Command['perform']>[0];
      const flags = parser.opts();
      const wrong = row.misuse?.(given, flags);
      if (wrong !== undefined) parser.error(`error: ${wrong}`);
      await onCall((context) => row.perform(given, flags, context));
    });
    if (isDefault) program.addHelpText('after', () => helpAfter(program, parser));
  }
  return program;
}

function argumentOf({ written, description, byDefault, choices }: ArgumentRow): Argument {
  const argument = new Argument(written, description);
  if (byDefault !== undefined) argument.default(byDefault);
  if (choices) argument.choices([...choices]);
  return argument;
}

function optionOf({ written, description, value, byDefault, isRequired = false, notWith = [] }: Flag): Option {
  const option = new Option(written, description).makeOptionMandatory(isRequired).conflicts([...notWith]);
  if (byDefault !== undefined) option.default(byDefault);
  // For the help; what follows is the parser.
  if (value?.choices) option.choices([...value.choices]);
  if (value) {
    option.argParser((text) => {
      const read = value.of(text);
      if (read !== undefined) return read;
      throw new InvalidArgumentError(`${value.expected}.`);
    });
  }
  return option;
}
