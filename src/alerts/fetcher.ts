/** Gets what stands at an address; rejects where it can't, or it is too long or takes too long. */
export type Fetcher = (url: string, bounds: { bytesMax: number; msMax: number }) => Promise<Buffer>;

/** By HTTP, following nothing: an address that was looked at must not lead to another that was not. */
export const webFetcher: Fetcher = async (url, { bytesMax, msMax }) => {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(msMax) });
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += (part as Uint8Array).length;
    if (bytes > bytesMax) throw new Error(`it is longer than ${bytesMax} bytes`);
    parts.push(part as Uint8Array);
  }
  return Buffer.concat(parts);
};
