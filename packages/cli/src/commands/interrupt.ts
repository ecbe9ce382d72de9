/** Whether Ctrl-C (or a polite kill) has asked to stop. A second one stops at once. */
export interface Interrupt {
  readonly requested: boolean;
  /** What a shell expects of a program that a signal ended: 128 + its number. */
  readonly exitCode: number;
  dispose(): void;
}

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
const signals = Object.keys(exitCodes) as (keyof typeof exitCodes)[];

export function onInterrupt(): Interrupt {
  let received: keyof typeof exitCodes | undefined;
  const request = (signal: NodeJS.Signals): void => {
    if (received !== undefined) process.exit(exitCodes[received]);
    received = signal as keyof typeof exitCodes;
  };
  for (const signal of signals) process.on(signal, request);
  return {
    get requested() {
      return received !== undefined;
    },
    get exitCode() {
      return received === undefined ? 0 : exitCodes[received];
    },
    dispose: () => {
      for (const signal of signals) process.off(signal, request);
    },
  };
}
