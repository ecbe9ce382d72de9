import { ReparamError } from '@reparam/tensor';
import { groundTruths } from '@reparam/vae';
import { Command, Option } from 'commander';
import { choicesCommand } from './commands/choices.ts';
import { compareCommand } from './commands/compare.ts';
import { debugCommand } from './commands/debug.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { backendNames, usualThreads } from './commands/execution.ts';
import { infoCommand } from './commands/info.ts';
import { reconstructCommand } from './commands/reconstruct.ts';
import { sampleCommand } from './commands/sample.ts';
import { trainCommand } from './commands/train.ts';
import { type VerifyCommandOptions, verifyCommand } from './commands/verify.ts';
import { withoutOperation } from './data/explain-format.ts';
import { UserError } from './files/user-error.ts';
import {
  debugExamples,
  evaluateExamples,
  introduction,
  reconstructExamples,
  sampleExamples,
  trainExamples,
} from './help.ts';
import { questions } from './options/choice-help.ts';
import { count, path, whole } from './options/readers.ts';
import {
  commandOptions,
  dataOptions,
  modelOptions,
  stageOptions,
  trainingOptions,
} from './options/run-options.ts';
import { version } from './version.ts';

/** The command line. */
export function createProgram(): Command {
  const program = new Command('reparam')
    .description('Train variational autoencoders, and look at what they learned.')
    .version(version)
    .showHelpAfterError('See reparam --help.')
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'reparam: ')) })
    .addHelpText('after', introduction);
  const addCommand = (name: string, description: string): Command =>
    program.command(name).description(description).showHelpAfterError(`See reparam ${name} --help.`);

  const train = addCommand('train', 'train a model on your data, or on built-in digits');
  for (const [heading, options] of [
    ['Data:', dataOptions],
    ['Model:', { ...modelOptions, ...stageOptions }],
    ['Training:', trainingOptions],
  ] as const) {
    for (const option of commandOptions(options)) train.addOption(option.helpGroup(heading));
  }
  train
    .addOption(
      new Option(
        '--config <file>',
        'options from a file of JSON, such as the config.json of a run',
      ).argParser(path.parse),
    )
    .addOption(
      new Option('--threads <n>', 'how many compute; results are the same on any number')
        .argParser(count.parse)
        .default(usualThreads)
        .helpGroup('Execution:'),
    )
    .addOption(
      new Option('--backend <name>', 'what computes; the fastest there is unless told')
        .choices(backendNames)
        .helpGroup('Execution:'),
    )
    .addOption(
      new Option('--eager', 'work steps out operation by operation instead of compiling them')
        .default(false, 'compiled')
        .helpGroup('Execution:'),
    )
    .addOption(new Option('--resume', 'go on with the run in --out').default(false, 'a new run'))
    .allowExcessArguments()
    .addHelpText('after', trainExamples)
    .action(trainCommand);

  addCommand('choices', 'print every prior, posterior, flow, likelihood, objective … with its options')
    .argument('[of]', `one of ${Object.keys(questions).join(', ')}; all unless told`)
    .action(choicesCommand);

  addCommand('sample', 'draw new examples from a trained model')
    .argument('<run>', 'folder of a run, or its checkpoint.safetensors')
    .option('--count <n>', 'how many', count.parse, 64)
    .option('--seed <n>', 'another seed, other samples', whole.parse, 1)
    .option('--out <file>', 'a .png, or a .npy of the numbers; a .png in the run’s folder unless told')
    .addHelpText('after', sampleExamples)
    .action(sampleCommand);

  addCommand('reconstruct', 'send examples through a trained model and back')
    .argument('<run>', 'folder of a run, or its checkpoint.safetensors')
    .option('--data <path>', 'examples, as for train; the run’s held-out ones unless told')
    .option('--count <n>', 'how many to show', count.parse, 32)
    .option('--out <file>', 'a .png, or a .npy of the numbers; a .png in the run’s folder unless told')
    .addHelpText('after', reconstructExamples)
    .action(reconstructCommand);

  addCommand('evaluate', 'measure a trained model: bounds, ln p(x), what its latents do, what is the matter')
    .argument('<run>', 'folder of a run, or its checkpoint.safetensors')
    .option('--data <path>', 'examples, as for train; the run’s held-out ones unless told')
    .option('--samples <n>', 'draws of z for each example, for ln p(x)', count.parse, 500)
    .option('--json', 'print all of it as data', false)
    .addHelpText('after', evaluateExamples)
    .action(evaluateCommand);

  addCommand('compare', 'put runs side by side on one page: figures, settings that differ, curves, pictures')
    .argument('<runs...>', 'folders of two runs or more')
    .option('--out <file>', 'the page', 'compare.html')
    .action(compareCommand);

  addCommand('info', 'print what a run was trained on, with which settings, and how far it came')
    .argument('[run]', 'folder of a run, or its checkpoint.safetensors')
    .option('--backends', 'list what can compute here, and what is missing for the rest', false)
    .action(infoCommand);

  addCommand('verify', 'put the library to questions with exact answers, by training: each has to be right')
    .option('--only <letters>', 'some of the ground truths, such as A,C; all of them unless told')
    .option('--out <folder>', 'where the page with tables and pictures goes', 'runs/verify')
    .action((options: VerifyCommandOptions) => verifyCommand(options, groundTruths));

  addCommand('debug', 'step through the backward pass of a program, each rule checked where it stands')
    .argument(
      '<program>',
      'a .js, .mjs or .ts file that exports loss or output: a variable, or a function that returns one',
    )
    .option('--step <n>', 'begin with this step, or print it alone', count.parse)
    .option('--all', 'print all steps, also on a terminal', false)
    .option('--no-verify', 'leave the finite differences out')
    .option('--json', 'print the steps as data', false)
    .option('--mermaid <file>', 'draw the tape as a Mermaid flowchart instead')
    .option('--dot <file>', 'draw the tape for Graphviz instead')
    .addHelpText('after', debugExamples)
    .action(debugCommand);
  return program;
}

/** Runs the command line; what a person can put right becomes one sentence and exit code 1. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    const explanation = explain(error);
    if (explanation === undefined) throw error;
    console.error(`reparam: ${explanation}`);
    process.exitCode = 1;
  }
}

/** One sentence for what a person can put right; undefined for what is a fault of ours and needs its stack. */
function explain(error: unknown): string | undefined {
  if (error instanceof UserError) return error.message;
  if (error instanceof ReparamError) return withoutOperation(error);
  if (error instanceof RangeError && /allocation|array length/i.test(error.message)) {
    return 'The memory does not suffice: choose smaller data, a smaller model or a smaller --batch.';
  }
  return undefined;
}
