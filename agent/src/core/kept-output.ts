/** A stream's bounds, from the signed document. */
export interface KeptLimits {
  outputHeadBytes: number;
  outputTailBytes: number;
}

/** One stream's two files: the wrapper's tee fills one from the start up to a limit, its tail writes the other. */
export interface OutputFiles {
  mainBytes: number;
  tailBytes: number;
}

/** What is kept of a stream: bytes of the main file up to `cutAt`, then the tail file from its start. */
export interface Kept {
  bytes: number;
  /** In kept bytes; null when nothing was left out. */
  cutAt: number | null;
  endMissing: boolean;
}

/**
 * The main file's limit in KiB, which is what `ulimit -f` counts: more than head and tail together, so that its
 * size alone says whether the middle must be left out.
 */
export const mainFileKibMax = (limits: KeptLimits): number =>
  Math.ceil((limits.outputHeadBytes + limits.outputTailBytes + 1) / 1024);

/** What may be sent while the script runs: nobody knows yet whether what follows the head is middle or end. */
export const keptWhileRunning = (mainBytes: number, limits: KeptLimits): number =>
  Math.min(mainBytes, limits.outputHeadBytes);

/**
 * What is kept when the script has ended.
 *
 * A tail file that is not full, though the main file is more than head and tail, is not there yet (a process left
 * behind still writes) or could not be written; then the main file alone is kept.
 *
 * @param torn a part of the output could not be written, be it of this stream or of the other.
 */
export const keptAtEnd = (files: OutputFiles, limits: KeptLimits, torn: boolean): Kept => {
  const { outputHeadBytes, outputTailBytes } = limits;
  const whole = outputHeadBytes + outputTailBytes;
  if (files.mainBytes <= whole) return { bytes: files.mainBytes, cutAt: null, endMissing: torn };
  if (files.tailBytes < outputTailBytes) return { bytes: whole, cutAt: whole, endMissing: true };
  return { bytes: whole, cutAt: outputHeadBytes, endMissing: torn };
};

/** Where the kept byte at `offset` stands on disk, and how many bytes follow it in that file. */
export const placeOf = (
  offset: number,
  kept: { bytes: number; cutAt: number | null },
): { file: 'main' | 'tail'; position: number; bytes: number } =>
  kept.cutAt !== null && offset >= kept.cutAt
    ? { file: 'tail', position: offset - kept.cutAt, bytes: kept.bytes - offset }
    : { file: 'main', position: offset, bytes: (kept.cutAt ?? kept.bytes) - offset };
