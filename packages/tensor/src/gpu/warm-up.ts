import type { Device } from './device/device.ts';
import { GpuUnavailableError } from './errors.ts';
import { kernelFunction } from './kernel.ts';

/** Runs one kernel and looks at what it gives: a mode that starts may still not compute. */
export async function warmUp(device: Device): Promise<void> {
  const source = kernelFunction(1, 'return operand0[this.thread.x] * 2;');
  const operand = device.upload(Float32Array.of(1, 2, 3));
  const result = device.run({ name: 'warm-up', source, size: 3, operands: 1 }, [operand]);
  const [values] = await device.read([result]);
  device.release(operand);
  device.release(result);
  if (values?.join() !== '2,4,6') {
    throw new GpuUnavailableError(
      device.mode,
      `a first kernel on ${device.description} doubled 1, 2, 3 to ${values?.join(', ')}.`,
    );
  }
}
