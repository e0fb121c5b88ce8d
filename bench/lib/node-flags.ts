/**
 * How every Node process of the hub is started. Node reads TypeScript and CommonJS by WebAssembly in each thread, and V8
 * 13.6 falls (SIGSEGV in Runtime_TierUpWasmToJSWrapper) when a thread makes the wrappers of such calls anew while others
 * hold them. With a budget that is never spent they are not made anew.
 */
export const NODE_FLAGS: readonly string[] = ['--wasm-wrapper-tiering-budget=2000000000'];
