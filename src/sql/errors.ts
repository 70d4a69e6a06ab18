import { type Sentence, sentence } from '../core/sentences.ts';

/**
 * A row was not as the view had it, or one that must be new was there. Views and writes share a transaction, so
 * this is a bug in the caller (a race is a result of `decide`); the change is rolled back alone.
 */
export class WriteConflictError extends Error {
  readonly code = 'write_conflict';
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'WriteConflictError';
  }
}

/** The data directory can't be made, opened or written by this user. */
export class DataDirUnwritableError extends Error {
  readonly code = 'data_dir_unwritable';
  readonly path: string;
  readonly sentence: Sentence;
  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const words = sentence('data_dir_unwritable', { path, reason });
    super(words.text, { cause });
    this.name = 'DataDirUnwritableError';
    this.path = path;
    this.sentence = words;
  }
}

/** Another living server holds the data directory. */
export class DataDirInUseError extends Error {
  readonly code = 'data_dir_in_use';
  readonly path: string;
  readonly sentence: Sentence;
  constructor(path: string, cause: unknown) {
    const words = sentence('data_dir_in_use', { path });
    super(words.text, { cause });
    this.name = 'DataDirInUseError';
    this.path = path;
    this.sentence = words;
  }
}
