/** Whether Ctrl-C (or a polite kill) has asked to stop. A second one stops at once. */
export interface Interrupt {
  readonly requested: boolean;
  dispose(): void;
}

const signals = ['SIGINT', 'SIGTERM'] as const;

export function onInterrupt(): Interrupt {
  let requested = false;
  const request = (): void => {
    if (requested) process.exit(130);
    requested = true;
  };
  for (const signal of signals) process.on(signal, request);
  return {
    get requested() {
      return requested;
    },
    dispose: () => {
      for (const signal of signals) process.off(signal, request);
    },
  };
}
