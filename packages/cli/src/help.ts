/** What `reparam --help` adds: what this is about, and where to begin. */
export const introduction = `
A variational autoencoder learns to describe each example by a few numbers, its
latents, and to draw examples from such numbers. Training raises the ELBO: how
well examples can be rebuilt (reconstruction), less what their latents tell
(KL), in nats per example; higher is better.

Begin with:
  reparam train                      learn built-in digits, in about two minutes
  reparam sample runs/digits         draw new ones
  reparam train --data FILE          learn from images or tables of your own
  reparam train --help               every setting, with examples`;

/** What `reparam train --help` adds; within 80 columns, as nothing wraps it. */
export const trainExamples = `
Examples:
  reparam train
      the built-in digits, in about two minutes
  reparam train --data train-images-idx3-ubyte.gz
      MNIST, or anything in its format; labels are found beside it
  reparam train --data faces/ --latent 32 --out runs/faces
      a folder of PNG images, in subfolders when they have classes
  reparam train --data table.csv --likelihood gaussian --hidden 64,64 --latent 2
      numbers of any kind; bring columns to similar sizes first
  reparam train --prior normal --flow planar:8
      the textbook prior, and a posterior of planar flows
  reparam train --prior vamp:100 --objective iwae:50 --model conv
      a richer prior, a tighter bound, convolutions
  reparam train --prior normal --annealing linear:5 --free-bits 0.1
      ease the KL in, and keep latents alive
  reparam train --config runs/digits/config.json --seed 2
      the options of another run, but for the seed
  reparam train --resume --out runs/digits --epochs 40
      go on with a run, to 40 epochs in all

A kind may be followed by values for its options, as in mixture:10:full or
renyi:alpha=0.3; reparam choices tells what each kind is, and its options.

After each epoch a line tells how well the model explains the held-out
examples: the ELBO in nats per example, which is the reconstruction less the
KL. Higher is better; while it rises, more epochs help. When the train ELBO
rises but the held-out ELBO falls, the model learns by heart: give it more data,
or fewer hidden units.

The folder of the run then holds report.html (look there first), samples.png,
reconstructions.png, latent.svg, metrics.csv, summary.json, config.json and
checkpoint.safetensors. Ctrl-C saves, and --resume goes on bit for bit.`;

export const sampleExamples = `
Examples:
  reparam sample runs/digits
  reparam sample runs/digits --count 100 --seed 7 --out digits.png
  reparam sample runs/digits --count 5000 --out digits.npy`;

export const reconstructExamples = `
Examples:
  reparam reconstruct runs/digits
  reparam reconstruct runs/digits --data my-digits/ --out mine.png`;

export const evaluateExamples = `
ln p(x) is estimated by importance sampling, which is a lower bound in
expectation, nearer to the truth with more --samples. The collapse doctor reads
the run, and names what is the matter and what to do about it.

Examples:
  reparam evaluate runs/digits
  reparam evaluate runs/digits --samples 5000 --json > evaluation.json
  reparam evaluate runs/digits --data my-digits/`;

export const debugExamples = `
A program for it, loss.ts:
  import { parameter } from '@reparam/autograd';
  const x = parameter([0.5, -1.2], 'x');
  export const loss = x.softplus().square().mean();

Examples:
  reparam debug loss.ts
      walk with the arrow keys, w to the next wrong or non-finite step
  reparam debug loss.ts --step 3 | less
  reparam debug loss.ts --dot tape.dot && dot -Tsvg tape.dot -o tape.svg

Without a terminal all steps are printed. Each rule is compared with finite
differences in double precision, at the values that went through it.`;
