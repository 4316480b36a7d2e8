import { CommanderError } from 'commander';
import { errorLine, EXIT, exitStatusOf, type ExitStatus } from './exit-status.js';
import { createProgram } from './program.js';
import { plainText } from './render/plain-text.js';

/** Never rejects: every error becomes one line on standard error and a status. */
async function run(args: readonly string[]): Promise<ExitStatus> {
  try {
    const program = createProgram(process.env);
    if (args.length === 0) {
      tellError('no command; `causeway --help` lists the commands');
      return EXIT.badInput;
    }
    await program.parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) return usageStatus(error);
    tellError(errorLine(error));
    return exitStatusOf(error);
  }
}

/** Help that was asked for is no error; what commander says of arguments lacks only what to do. */
function usageStatus({ exitCode, message }: CommanderError): ExitStatus {
  if (exitCode === 0) return EXIT.done;
  const problem = message.replace(/^error: /, '').replaceAll('\n', ' ');
  tellError(`${problem}; \`causeway --help\` lists commands, \`causeway COMMAND --help\` their options`);
  return EXIT.badInput;
}

/** One line, whatever the message has in it. */
function tellError(message: string): void {
  process.stderr.write(`causeway: ${plainText(message)}\n`);
}

// `causeway list | head` closes the pipe early, which is nobody's mistake.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}
// Leaving is all that is wanted; what runs in Temporal goes on.
process.on('SIGINT', () => process.exit(EXIT.interrupted));

process.exitCode = await run(process.argv.slice(2));
