import { scriptBytesMax } from '../core/limits.ts';

/** A body holds at most two edited scripts in JSON's escapes, with room. */
export const bodyBytesMax = scriptBytesMax * 8;
/** Tasks in one page of a list. */
export const pageTasksMax = 100;
/** Bytes of output in one answer; the next call goes on from there. */
export const outputPageBytesMax = 1024 * 1024;
/** Open event streams; each holds a socket and a listener. */
export const eventStreamsMax = 200;
/** A comment at this interval keeps proxies from closing a quiet stream. */
export const eventPingMs = 15_000;
/** What a slow reader may leave unread before its stream is ended; it comes back with its Last-Event-ID. */
export const eventBufferBytesMax = 1024 * 1024;
