import type { Desk } from '../flow/desk.ts';
import type { OutputStream } from '../ports/store.ts';
import { outputTailBytesMax } from './limits.ts';
import { tailText } from './output-text.ts';

/** The end of one stream of one run. */
export interface StreamView {
  stream: OutputStream;
  text: string;
  /** True when `text` is all of it. */
  whole: boolean;
  /** Kept bytes of the whole stream. */
  total: number;
}

/** Reads the ends of both streams of one run; streams that wrote nothing are left out. */
export const readStreams = async (desk: Desk, task: number, run: string): Promise<StreamView[]> => {
  const views = await Promise.all([readTail(desk, task, run, 'stdout'), readTail(desk, task, run, 'stderr')]);
  return views.filter((v): v is StreamView => v !== null);
};

const readTail = async (
  desk: Desk,
  task: number,
  run: string,
  stream: OutputStream,
): Promise<StreamView | null> => {
  const first = await desk.output(task, run, stream, 0, outputTailBytesMax);
  if (!first || first.total === 0) return null;
  if (first.total <= first.bytes.length) {
    return { stream, total: first.total, ...tailText(first.bytes, first.cutAt === null) };
  }
  const end = await desk.output(task, run, stream, first.total - outputTailBytesMax, outputTailBytesMax);
  if (!end) return null;
  return { stream, total: end.total, ...tailText(end.bytes, false) };
};
