/** Whether this platform can read packed frames. */
export const canUnpack = typeof DecompressionStream === 'function';

/** The frames in a packed one. Rejects when it is none. */
export async function unpack(data: unknown): Promise<readonly string[]> {
  if (!(data instanceof ArrayBuffer)) throw new TypeError('not an ArrayBuffer');
  const plain = new Blob([data]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return (await new Response(plain).text()).split('\n');
}
