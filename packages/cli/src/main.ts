import { systemErrorCode } from './files/user-error.ts';
import { main } from './program.ts';

/** What a shell sees of a program that SIGPIPE (13) ended, which Node turns into an error. */
const pipeExitCode = 128 + 13;

// A reader that has seen enough, such as `head`, is no fault to report.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (systemErrorCode(error) === 'EPIPE') process.exit(pipeExitCode);
    throw error;
  });
}

await main(process.argv);
