import { tensor } from '@reparam/tensor';
import { gpuBackend } from '@reparam/tensor/gpu';

/** Adds up three numbers on the device, and leaves it running if told so: the process has to end all the same. */
const backend = await gpuBackend({ mode: 'webgpu' });
const sum = await backend.reduce('sum', tensor([1, 2, 3]), [0]).read();
console.log(`${backend.mode} ${sum.item()}`);
if (process.argv[2] === 'destroy') await backend.destroy();
