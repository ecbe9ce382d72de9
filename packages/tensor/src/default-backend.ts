import { setDefaultBackend } from './backend/backend.ts';
import { referenceBackend } from './backend/reference/reference.ts';
import { WasmBackend, wasmAvailable } from './wasm/backend.ts';

// The one module that does something when it is loaded; package.json says so to bundlers.
setDefaultBackend(() => (wasmAvailable() ? new WasmBackend() : referenceBackend));
