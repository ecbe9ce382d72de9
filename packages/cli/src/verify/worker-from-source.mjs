// Not every Node hands the loader for TypeScript on to worker threads. Only used where the sources run as they are.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
