import { ReparamError } from '@reparam/tensor';
import { Command } from 'commander';
import { infoCommand } from './commands/info.ts';
import { reconstructCommand } from './commands/reconstruct.ts';
import { sampleCommand } from './commands/sample.ts';
import { trainCommand } from './commands/train.ts';
import { UserError } from './files/user-error.ts';
import { count, dataOptions, modelOptions, trainingOptions, whole } from './options.ts';
import { version } from './version.ts';

const trainExamples = `
Examples:
  reparam train                                       the built-in digits, in about two minutes
  reparam train --data train-images-idx3-ubyte.gz     MNIST or anything in its format; labels are found beside it
  reparam train --data faces/ --latent 32             a folder of PNGs of one size
  reparam train --data table.csv --likelihood gaussian --hidden 64,64 --latent 2
  reparam train --prior mixture:10 --flow planar:8    a trainable mixture prior, planar flows in the posterior
  reparam train --anneal 5 --free-bits 0.1            ease the KL in, and keep latents alive
  reparam train --resume --out runs/digits --epochs 40

The folder --out then holds report.html (start there), samples.png, reconstructions.png, latent.svg,
metrics.csv, summary.json and checkpoint.safetensors. Ctrl-C saves; --resume goes on bit for bit.`;

/** The command line. */
export function createProgram(): Command {
  const program = new Command('reparam')
    .description('Train variational autoencoders, and look at what they learned.')
    .version(version)
    .showHelpAfterError('(see --help)')
    .configureHelp({ showGlobalOptions: false });

  const train = program.command('train').description('train a model on your data, or on built-in digits');
  for (const [heading, options] of [
    ['Data:', dataOptions],
    ['Model:', modelOptions],
    ['Training:', trainingOptions],
  ] as const) {
    for (const option of options) train.addOption(option.helpGroup(heading));
  }
  train
    .option('--resume', 'go on with the run in --out', false)
    .addHelpText('after', trainExamples)
    .action(trainCommand);

  program
    .command('sample')
    .description('draw new examples from a trained model')
    .argument('<run>', 'folder of a run, or its checkpoint.safetensors')
    .option('--count <n>', 'how many', count, 64)
    .option('--seed <n>', 'another seed, other samples', whole, 1)
    .option('--out <file>', 'a .png, or .npy for the numbers; into the run’s folder unless told')
    .addHelpText('after', '\nExample:\n  reparam sample runs/digits --count 100 --seed 7 --out digits.png')
    .action(sampleCommand);

  program
    .command('reconstruct')
    .description('send examples through the model and back')
    .argument('<run>', 'folder of a run, or its checkpoint.safetensors')
    .option('--data <path>', 'data as for train; the run’s held-out examples unless told')
    .option('--count <n>', 'how many to show', count, 32)
    .option('--out <file>', 'a .png, or .npy for the numbers; into the run’s folder unless told')
    .addHelpText('after', '\nExample:\n  reparam reconstruct runs/digits --count 64')
    .action(reconstructCommand);

  program
    .command('info')
    .description('print what a checkpoint holds')
    .argument('<run>', 'folder of a run, or its checkpoint.safetensors')
    .action(infoCommand);
  return program;
}

/** Runs the command line; what a person can put right becomes one sentence and exit code 1. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    if (!(error instanceof UserError || error instanceof ReparamError)) throw error;
    console.error(`reparam: ${error.message}`);
    process.exitCode = 1;
  }
}
